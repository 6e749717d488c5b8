/*
 * Enqueuing one job a call, from one thread: with our enqueuer, or with a plain
 * LPUSH by hiredis, which is all that gocraft/work sends for a job.
 *
 *	enqueue_one URL cwork|lpush CALLS
 *
 * Prints calls a second, and the µs of CPU a call took here and in Redis.
 */
#include "measure.h"

#include <cwork/cwork.h>
#include <string.h>

static void with_cwork(const char *url, long calls)
{
	cwork_enqueuer_options options = {.size = sizeof(options), .redis = url, .ns = "one"};
	cwork_enqueuer *q = NULL;
	cwork_error err;
	int r = cwork_enqueuer_new(&q, &options, &err);

	for (long i = 0; r == 0 && i < calls; i++)
		r = cwork_enqueue(q, "foo", CWORK_ARGS(cwork_int("n", i)), NULL, &err);
	if (r != 0)
		die("%s", err.text);
	cwork_enqueuer_free(q);
}

static void with_lpush(redisContext *c, long calls)
{
	for (long i = 0; i < calls; i++)
		freeReplyObject(redis_ask(c,
					  "LPUSH one:jobs:foo {\"name\":\"foo\",\"id\":\"%024lx\","
					  "\"t\":1425263409,\"args\":{\"n\":%ld}}",
					  i, i));
}

static void check_all_there(redisContext *c, long calls)
{
	redisReply *length = redis_ask(c, "LLEN one:jobs:foo");

	if (length->integer != calls)
		die("%ld calls, but %lld jobs are queued", calls, length->integer);
	freeReplyObject(length);
}

int main(int argc, char **argv)
{
	struct reading before, after;
	redisContext *c;
	long calls;

	if (argc != 4 || (strcmp(argv[2], "cwork") != 0 && strcmp(argv[2], "lpush") != 0))
		die("usage: enqueue_one URL cwork|lpush CALLS");
	calls = number_from(argv[3], "calls", 1, 10000000);
	c = redis_open(argv[1]);
	before = reading_take(c);
	if (strcmp(argv[2], "cwork") == 0)
		with_cwork(argv[1], calls);
	else
		with_lpush(c, calls);
	after = reading_take(c);
	check_all_there(c, calls);
	reading_print(&before, &after, calls);
	redisFree(c);
	return 0;
}
