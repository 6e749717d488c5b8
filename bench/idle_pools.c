/*
 * Many idle pools on one Redis, and jobs that come one by one from a plain LPUSH
 * of another client: how soon one starts, and what the pools cost Redis.
 *
 *	idle_pools SOCKET POOLS JOBS JOBS_PER_SECOND
 *
 * Prints p50 and p99 in µs, and Redis' CPU in percent of one core.
 */
#include <cwork/cwork.h>
#include <hiredis.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static _Atomic int64_t started_ns;

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int note(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	atomic_store(&started_ns, now_ns());
	return 0;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void pause_ns(int64_t ns)
{
	nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
}

static int64_t push_and_wait(redisContext *c)
{
	int64_t start = now_ns();

	atomic_store(&started_ns, 0);
	freeReplyObject(redisCommand(
		c, "LPUSH work:jobs:foo {\"name\":\"foo\",\"id\":\"x\",\"t\":1,\"args\":null}"));
	while (atomic_load(&started_ns) == 0)
		pause_ns(10000);
	return atomic_load(&started_ns) - start;
}

int main(int argc, char **argv)
{
	cwork_server_info before = {.size = sizeof(before)}, after = before;
	cwork_pool *pools[100];
	cwork_client *client;
	int64_t *took, start;
	char url[200];
	long count, jobs, rate;
	redisContext *c;

	if (argc != 5)
		return 2;
	count = strtol(argv[2], NULL, 10);
	jobs = strtol(argv[3], NULL, 10);
	rate = strtol(argv[4], NULL, 10);
	if (count < 1 || count > 100 || jobs < 10 || rate < 1)
		return 2;
	snprintf(url, sizeof(url), "unix://%s", argv[1]);
	c = redisConnectUnix(argv[1]);
	took = calloc((size_t)jobs, sizeof(*took));
	cwork_client_new(
		&client,
		&(cwork_client_options){.size = sizeof(cwork_client_options), .redis = url}, NULL);
	for (long i = 0; i < count; i++) {
		cwork_pool_new(&pools[i],
			       &(cwork_pool_options){.size = sizeof(cwork_pool_options),
						     .redis = url,
						     .concurrency = 2},
			       NULL);
		cwork_pool_job(pools[i], "foo", note, NULL, NULL);
		cwork_pool_start(pools[i], NULL);
	}
	pause_ns(1000000000);
	cwork_client_server_info(client, &before, NULL);
	start = now_ns();
	for (long i = 0; i < jobs; i++) {
		took[i] = push_and_wait(c);
		pause_ns(1000000000 / rate / 2 + random() % (1000000000 / rate));
	}
	cwork_client_server_info(client, &after, NULL);
	qsort(took, (size_t)jobs, sizeof(*took), by_value);
	printf("%.0f %.0f %.0f\n", (double)took[jobs / 2] / 1000,
	       (double)took[jobs * 99 / 100] / 1000,
	       100 * (after.cpu_seconds - before.cpu_seconds) / ((double)(now_ns() - start) / 1e9));
	for (long i = 0; i < count; i++)
		cwork_pool_free(pools[i]);
	cwork_client_free(client);
	redisFree(c);
	free(took);
	return 0;
}
