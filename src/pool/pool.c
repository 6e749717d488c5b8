/* A pool from the outside: making it, setting it up, looking at it, freeing it. */
#include "pool/pool.h"

#include "base/error.h"
#include "pool/run.h"
#define MAX_CONCURRENCY 10000
#define MAX_PREFETCH 10000
#define DEFAULT_CONCURRENCY 10
#define DEFAULT_GRACE_MS 25000

struct lease *pool_lease(struct cwork_pool *pool)
{
	guard(&pool->mutex);
	return pool->lease;
}

static int check_options(const cwork_pool_options *o, cwork_error *err)
{
	if (o->size > sizeof(*o) || o->size < sizeof(o->size))
		return error_set(err, CWORK_E_INVALID, "the pool options' size is %zu, not %zu",
				 o->size, sizeof(*o));
	if (o->concurrency > MAX_CONCURRENCY)
		return error_set(err, CWORK_E_INVALID, "concurrency %u is over %d", o->concurrency,
				 MAX_CONCURRENCY);
	if (o->prefetch < CWORK_PREFETCH_OFF || o->prefetch > MAX_PREFETCH)
		return error_set(err, CWORK_E_INVALID, "prefetch %d is not between %d and %d",
				 o->prefetch, CWORK_PREFETCH_OFF, MAX_PREFETCH);
	return 0;
}

static int set_options(cwork_pool *pool, const cwork_pool_options *options, cwork_error *err)
{
	cwork_pool_options *o = &pool->options;
	int r;

	if (options) {
		if (options->size <= sizeof(*o))
			memcpy(o, options, options->size);
		o->size = options->size;
	} else {
		o->size = sizeof(*o);
	}
	r = check_options(o, err);
	if (r < 0)
		return r;
	if (o->concurrency == 0)
		o->concurrency = DEFAULT_CONCURRENCY;
	if (o->grace_ms == 0)
		o->grace_ms = DEFAULT_GRACE_MS;
	pool->log = (struct log){o->log, o->log_data};
	return 0;
}

static int init(cwork_pool *pool, cwork_error *err)
{
	int r;

	pthread_mutex_init(&pool->mutex, NULL);
	r = cond_init(&pool->changed);
	if (r == 0)
		r = keys_init(&pool->keys, pool->options.ns, err);
	if (r == 0)
		r = redis_server_open(&pool->server, pool->options.redis, err);
	if (r == 0)
		r = side_init(&pool->side, pool->server, err);
	if (r == 0)
		r = handover_init(&pool->handover,
				  2 * (size_t)(pool->options.concurrency + MAX_PREFETCH), err);
	return r;
}

int cwork_pool_new(cwork_pool **out, const cwork_pool_options *options, cwork_error *err)
{
	cwork_pool *pool = aligned_alloc(64, (sizeof(*pool) + 63) & ~(size_t)63);
	int r;

	if (!pool)
		return error_nomem(err);
	memset(pool, 0, sizeof(*pool));
	r = set_options(pool, options, err);
	if (r == 0)
		r = init(pool, err);
	if (r < 0) {
		cwork_pool_free(pool);
		return r;
	}
	*out = pool;
	return 0;
}

/* Every job that is not in a worker's hands: in the ring, or finished. */
static void free_jobs(cwork_pool *pool)
{
	struct cwork_job *job, *next;

	while ((job = handover_take(&pool->handover)))
		run_free(job);
	for (job = handover_collect(&pool->handover); job; job = next) {
		next = job->next;
		run_free(job);
	}
}

void cwork_pool_free(cwork_pool *pool)
{
	if (!pool)
		return;
	if (pool->state == POOL_RUNNING)
		cwork_pool_stop(pool, NULL);
	for (unsigned i = 0; i < pool->workers_started; i++)
		pthread_join(pool->workers[i].thread, NULL);
	if (pool->handover.slots)
		free_jobs(pool);
	leader_free(&pool->leader);
	housekeeper_free(&pool->housekeeper);
	for (unsigned i = 0; pool->workers && i < pool->options.concurrency; i++)
		worker_free(&pool->workers[i]);
	free(pool->workers);
	handover_free(&pool->handover);
	side_free(&pool->side);
	lease_free(pool->lease);
	registry_free(&pool->registry);
	free(pool->middleware);
	keys_free(&pool->keys);
	redis_server_unref(pool->server);
	pthread_cond_destroy(&pool->changed);
	pthread_mutex_destroy(&pool->mutex);
	free(pool);
}

static int check_setting_up(cwork_pool *pool, cwork_error *err)
{
	if (pool->state != POOL_NEW)
		return error_set(err, CWORK_E_STATE, "the pool was started already");
	return 0;
}

int cwork_pool_use(cwork_pool *pool, cwork_middleware *fn, void *data, cwork_error *err)
{
	struct pool_middleware *all;
	int r = check_setting_up(pool, err);

	if (r < 0)
		return r;
	if (!fn)
		return error_set(err, CWORK_E_INVALID, "no middleware function given");
	all = realloc(pool->middleware, (pool->middleware_count + 1) * sizeof(*all));
	if (!all)
		return error_nomem(err);
	pool->middleware = all;
	all[pool->middleware_count++] = (struct pool_middleware){fn, data};
	return 0;
}

int cwork_pool_job(cwork_pool *pool, const char *name, cwork_handler *fn,
		   const cwork_job_options *options, cwork_error *err)
{
	int r = check_setting_up(pool, err);

	return r < 0 ? r : registry_add(&pool->registry, name, fn, options, err);
}

static unsigned count_busy(cwork_pool *pool)
{
	unsigned busy = 0;

	for (unsigned i = 0; i < pool->worker_count; i++) {
		guard(&pool->workers[i].mutex);
		busy += pool->workers[i].running != NULL;
	}
	return busy;
}

void cwork_pool_get_stats(cwork_pool *pool, cwork_pool_stats *stats)
{
	cwork_pool_stats now = {
		.size = stats->size,
		.processed = atomic_load(&pool->leader.processed),
		.failed = atomic_load(&pool->leader.failed),
		.fetches = atomic_load(&pool->leader.fetches),
		.fetched = atomic_load(&pool->leader.fetched),
		.busy = count_busy(pool),
		.prefetch = atomic_load(&pool->leader.depth),
	};

	memcpy(stats, &now, stats->size < sizeof(now) ? stats->size : sizeof(now));
}

void cwork_pool_id(cwork_pool *pool, char *out)
{
	struct lease *lease = pool_lease(pool);

	if (lease)
		memcpy(out, lease->id, CWORK_ID_SIZE);
	else
		out[0] = '\0';
}
