/* Pools and enqueuers of a test. */
#include "harness/pool_fixture.h"

#include "harness/redis_fixture.h"
#include <stdio.h>
#include <stdlib.h>

static void log_to_tap(enum cwork_log_level level, const char *line, void *data)
{
	(void)data;
	if (level <= CWORK_LOG_WARNING && getenv("CWORK_TEST_LOG"))
		printf("# log: %s\n", line);
}

static void die(const char *what, const cwork_error *err)
{
	printf("Bail out! %s: %s\n", what, err->text);
	exit(1);
}

cwork_enqueuer *fixture_enqueuer(void)
{
	cwork_enqueuer *q;
	cwork_error err;

	if (cwork_enqueuer_new(&q,
			       &(cwork_enqueuer_options){.size = sizeof(cwork_enqueuer_options),
							 .redis = fixture_redis_url()},
			       &err) < 0)
		die("enqueuer", &err);
	return q;
}

cwork_pool *fixture_pool(const cwork_pool_options *options)
{
	cwork_pool_options o = options ? *options : (cwork_pool_options){0};
	cwork_pool *pool;
	cwork_error err;

	o.size = sizeof(o);
	o.redis = fixture_redis_socket_url();
	if (!o.grace_ms)
		o.grace_ms = 10000;
	o.log = log_to_tap;
	if (cwork_pool_new(&pool, &o, &err) < 0)
		die("pool", &err);
	return pool;
}

bool fixture_run_all(cwork_pool *pool)
{
	return cwork_pool_start(pool, NULL) == 0 && cwork_pool_drain(pool, NULL) == 0 &&
	       cwork_pool_stop(pool, NULL) == 0;
}
