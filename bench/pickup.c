/*
 * How soon idle pools start a job that comes alone, and what they cost Redis
 * meanwhile: from our enqueuer, or from a plain LPUSH of another client. With
 * many pools on one Redis every push wakes them all, the herd.
 *
 *	pickup URL cwork|lpush POOLS CONCURRENCY JOBS JOBS_PER_SECOND
 *
 * Prints p50 and p99 in µs, and Redis' CPU in percent of one core.
 *
 * Jobs are sent by the clock, each at a random moment of its turn, whether or
 * not the last one has started: who waits for it never sees a backlog. The time
 * runs from before the job is sent until its handler is entered.
 */
#include "measure.h"

#include <cwork/cwork.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_POOLS 100
#define WARM_UP 10 /* jobs sent first and not counted: connections are made */
#define PATIENCE_NS 10000000000

struct sender {
	cwork_enqueuer *q; /* NULL: LPUSH by redis */
	redisContext *redis;
	long rate;
};

static _Atomic int64_t *started_ns;
static atomic_long started;
static int64_t *sent_ns;

static int note_start(cwork_job *job, void *context)
{
	int64_t now = now_ns();

	(void)context;
	atomic_store(&started_ns[cwork_job_arg_int64(job, "n")], now);
	atomic_fetch_add(&started, 1);
	return 0;
}

static cwork_pool *start_pool(const char *url, long concurrency)
{
	cwork_pool_options options = {
		.size = sizeof(options), .redis = url, .concurrency = (unsigned)concurrency};
	cwork_pool *pool = NULL;
	cwork_error err;

	if (cwork_pool_new(&pool, &options, &err) != 0 ||
	    cwork_pool_job(pool, "foo", note_start, NULL, &err) != 0 ||
	    cwork_pool_start(pool, &err) != 0)
		die("%s", err.text);
	return pool;
}

static void send_one(struct sender *s, long n)
{
	cwork_error err;

	sent_ns[n] = now_ns();
	if (!s->q)
		freeReplyObject(redis_ask(s->redis,
					  "LPUSH work:jobs:foo {\"name\":\"foo\",\"id\":\"%024lx\","
					  "\"t\":1425263409,\"args\":{\"n\":%ld}}",
					  n, n));
	else if (cwork_enqueue(s->q, "foo", CWORK_ARGS(cwork_int("n", n)), NULL, &err) != 0)
		die("%s", err.text);
}

static void await_started(long count)
{
	int64_t deadline = now_ns() + PATIENCE_NS;

	while (atomic_load(&started) < count) {
		if (now_ns() > deadline)
			die("%ld jobs were sent, but only %ld started", count,
			    atomic_load(&started));
		sleep_until_ns(now_ns() + 1000000);
	}
}

static void send_by_the_clock(struct sender *s, long from, long to)
{
	int64_t start = now_ns(), turn = 1000000000 / s->rate;

	for (long n = from; n < to; n++) {
		sleep_until_ns(start + (n - from) * turn + random() % turn);
		send_one(s, n);
	}
	await_started(to);
}

/* Print the outcome; the percentage is of the time in which the counted jobs were sent. */
static void measure(struct sender *s, long jobs)
{
	int64_t *took = calloc((size_t)jobs, sizeof(*took));
	struct reading before, after;

	if (!took)
		die("out of memory");
	send_by_the_clock(s, 0, WARM_UP);
	before = reading_take(s->redis);
	send_by_the_clock(s, WARM_UP, WARM_UP + jobs);
	after = reading_take(s->redis);
	for (long i = 0; i < jobs; i++)
		took[i] = atomic_load(&started_ns[WARM_UP + i]) - sent_ns[WARM_UP + i];
	durations_sort(took, jobs);
	printf("%.0f %.0f %.1f\n", percentile_us(took, jobs, 0.5), percentile_us(took, jobs, 0.99),
	       100 * (after.server_s - before.server_s) / (after.wall_s - before.wall_s));
	free(took);
}

static void open_sender(struct sender *s, const char *url, const char *kind)
{
	cwork_enqueuer_options options = {.size = sizeof(options), .redis = url};
	cwork_error err;

	s->redis = redis_open(url);
	if (strcmp(kind, "cwork") == 0 && cwork_enqueuer_new(&s->q, &options, &err) != 0)
		die("%s", err.text);
	else if (strcmp(kind, "cwork") != 0 && strcmp(kind, "lpush") != 0)
		die("%s is neither cwork nor lpush", kind);
}

int main(int argc, char **argv)
{
	cwork_pool *pools[MAX_POOLS];
	long count, concurrency, jobs;
	struct sender sender = {0};

	if (argc != 7)
		die("usage: pickup URL cwork|lpush POOLS CONCURRENCY JOBS JOBS_PER_SECOND");
	count = number_from(argv[3], "pools", 1, MAX_POOLS);
	concurrency = number_from(argv[4], "concurrency", 1, 1000);
	jobs = number_from(argv[5], "jobs", 1, 1000000);
	sender.rate = number_from(argv[6], "rate", 1, 100000);
	sent_ns = calloc((size_t)jobs + WARM_UP, sizeof(*sent_ns));
	started_ns = calloc((size_t)jobs + WARM_UP, sizeof(*started_ns));
	if (!sent_ns || !started_ns)
		die("out of memory");
	open_sender(&sender, argv[1], argv[2]);
	for (long i = 0; i < count; i++)
		pools[i] = start_pool(argv[1], concurrency);
	sleep_until_ns(now_ns() + 1000000000); /* until they are idle */
	measure(&sender, jobs);
	for (long i = 0; i < count; i++)
		cwork_pool_free(pools[i]);
	cwork_enqueuer_free(sender.q);
	redisFree(sender.redis);
	free(sent_ns);
	free((void *)started_ns);
	return 0;
}
