/* Looking at a namespace from outside: one connection behind a lock. */
#include <cwork/client.h>

#include "base/error.h"
#include "base/thread.h"
#include "store/inspect.h"
#include <stdio.h>
#include <stdlib.h>

struct cwork_client {
	pthread_mutex_t mutex; /* guards everything */
	struct redis_server *server;
	struct redis *redis;
	struct keys keys;
	struct arena arena; /* of the call under way */
};

static int init(cwork_client *c, const cwork_client_options *given, cwork_error *err)
{
	cwork_client_options o = {0};
	int r;

	if (given && (given->size > sizeof(o) || given->size < sizeof(o.size)))
		return error_set(err, CWORK_E_INVALID, "the client options' size is %zu, not %zu",
				 given->size, sizeof(o));
	if (given)
		memcpy(&o, given, given->size);
	if (o.timeout_ms < 0)
		return error_set(err, CWORK_E_INVALID, "a timeout of %d ms", o.timeout_ms);
	r = keys_init(&c->keys, o.ns, err);
	if (r == 0)
		r = redis_server_open(&c->server, o.redis, err);
	if (r == 0)
		r = redis_new(&c->redis, c->server,
			      &(struct redis_options){
				      .connect_timeout_ms = o.timeout_ms,
				      .command_timeout_ms = o.timeout_ms,
				      .name = "cwork-client",
			      },
			      err);
	return r;
}

int cwork_client_new(cwork_client **out, const cwork_client_options *options, cwork_error *err)
{
	cwork_client *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return error_nomem(err);
	pthread_mutex_init(&c->mutex, NULL);
	r = init(c, options, err);
	if (r < 0) {
		cwork_client_free(c);
		return r;
	}
	*out = c;
	return 0;
}

void cwork_client_free(cwork_client *c)
{
	if (!c)
		return;
	redis_free(c->redis);
	redis_server_unref(c->server);
	keys_free(&c->keys);
	arena_free(&c->arena);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

/* Send what was begun and refuse error replies. */
static int exchange(cwork_client *c, struct reply **replies, cwork_error *err)
{
	size_t count = redis_pending(c->redis);
	int r = redis_exchange(c->redis, &c->arena, replies, err);

	for (size_t i = 0; r == 0 && i < count; i++)
		r = reply_check(&(*replies)[i], err);
	return r;
}

/* A queue whose key has another type counts as empty. */
static int count_queues(cwork_client *c, const struct reply *names, int64_t *queued,
			cwork_error *err)
{
	struct reply *lengths;
	int r;

	*queued = 0;
	if (names->type != REPLY_ARRAY)
		return reply_unexpected(names, "known_jobs", err);
	if (names->count == 0)
		return 0;
	for (size_t i = 0; i < names->count; i++)
		queue_length_begin(c->redis, keys_jobs(&c->keys, &c->arena, names->items[i].str));
	r = redis_exchange(c->redis, &c->arena, &lengths, err);
	for (size_t i = 0; r == 0 && i < names->count; i++)
		if (lengths[i].type == REPLY_INTEGER)
			*queued += lengths[i].integer;
	return r;
}

int cwork_client_counts(cwork_client *c, cwork_counts *counts, cwork_error *err)
{
	cwork_counts now = {.size = counts->size};
	struct reply *replies;
	int r;

	guard(&c->mutex);
	arena_reset(&c->arena);
	names_begin(c->redis, &c->keys);
	lengths_begin(c->redis, &c->keys);
	r = exchange(c, &replies, err);
	if (r < 0)
		return r;
	now.queues = (int64_t)replies[0].count;
	now.scheduled = replies[1].integer;
	now.retry = replies[2].integer;
	now.dead = replies[3].integer;
	now.pools = replies[4].integer;
	r = count_queues(c, &replies[0], &now.queued, err);
	if (r < 0)
		return r;
	memcpy(counts, &now, counts->size < sizeof(now) ? counts->size : sizeof(now));
	return 0;
}

/* The value of a "name:value" line of INFO; "" when there is none. */
static const char *info_line(const char *info, const char *name, char *out, size_t size)
{
	const char *at = info;
	size_t len = strlen(name);

	out[0] = '\0';
	while ((at = strstr(at, name))) {
		if ((at == info || at[-1] == '\n') && at[len] == ':') {
			snprintf(out, size, "%.*s", (int)strcspn(at + len + 1, "\r\n"),
				 at + len + 1);
			break;
		}
		at += len;
	}
	return out;
}

int cwork_client_server_info(cwork_client *c, cwork_server_info *info, cwork_error *err)
{
	cwork_server_info now = {.size = info->size};
	struct reply *replies;
	const char *text;
	char value[64];
	int r;

	guard(&c->mutex);
	arena_reset(&c->arena);
	redis_command(c->redis, "INFO", NULL);
	r = exchange(c, &replies, err);
	if (r < 0)
		return r;
	if (replies[0].type != REPLY_STRING)
		return reply_unexpected(&replies[0], "INFO", err);
	text = replies[0].str.ptr;
	info_line(text, "redis_version", now.version, sizeof(now.version));
	now.used_memory = strtoll(info_line(text, "used_memory", value, sizeof(value)), NULL, 10);
	now.max_memory = strtoll(info_line(text, "maxmemory", value, sizeof(value)), NULL, 10);
	now.cpu_seconds = strtod(info_line(text, "used_cpu_user", value, sizeof(value)), NULL) +
			  strtod(info_line(text, "used_cpu_sys", value, sizeof(value)), NULL);
	now.commands = strtoll(info_line(text, "total_commands_processed", value, sizeof(value)),
			       NULL, 10);
	memcpy(info, &now, info->size < sizeof(now) ? info->size : sizeof(now));
	return 0;
}

int cwork_client_forget(cwork_client *c, const char *name, cwork_error *err)
{
	struct queue_keys queue;
	struct reply *replies;
	int r;

	guard(&c->mutex);
	arena_reset(&c->arena);
	r = keys_queue(&c->keys, &c->arena, slice_of(name), &queue, err);
	if (r < 0)
		return r;
	forget_begin(c->redis, &c->keys, slice_of(name), &queue);
	r = exchange(c, &replies, err);
	if (r < 0)
		return r;
	if (replies[0].integer < 0)
		return error_set(err, CWORK_E_STATE, "job %s still has jobs", name);
	return replies[0].integer ? 0 : CWORK_NOT_FOUND;
}
