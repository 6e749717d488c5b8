/* The pool's second connection. */
#include "pool/side.h"

int side_init(struct side *side, struct redis_server *server, cwork_error *err)
{
	int r = redis_new(&side->redis, server,
			  &(struct redis_options){.name = "cwork-housekeeper"}, err);

	if (r == 0)
		pthread_mutex_init(&side->mutex, NULL);
	return r;
}

void side_free(struct side *side)
{
	if (!side->redis)
		return;
	side->redis = redis_free(side->redis);
	arena_free(&side->arena);
	pthread_mutex_destroy(&side->mutex);
}

struct redis *side_begin(struct side *side)
{
	pthread_mutex_lock(&side->mutex);
	arena_reset(&side->arena);
	return side->redis;
}

void side_end(struct side *side)
{
	redis_discard(side->redis);
	pthread_mutex_unlock(&side->mutex);
}
