/*
 * The queue worked the way gocraft/work works it, in C: a connection for each
 * worker, one script call to fetch one job, one transaction to acknowledge it.
 * The stand-in for the Go library, which the package registries do not carry.
 *
 *	gocraft_way SOCKET JOBS CONCURRENCY
 *
 * Enqueues JOBS over five queues, works them off, prints jobs a second.
 */
#include <hiredis.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define QUEUES 5

/* As gocraft/work's: for each queue in the given order, the first that may run. */
static const char fetch[] =
	"for i = 1, #KEYS, 6 do\n"
	"  if redis.call('llen', KEYS[i]) > 0 and not redis.call('get', KEYS[i + 2]) then\n"
	"    local max, lock = redis.call('get', KEYS[i + 5]), redis.call('get', KEYS[i + 3])\n"
	"    if not max or tonumber(max) == 0 or not lock or tonumber(lock) < tonumber(max) then\n"
	"      redis.call('incr', KEYS[i + 3])\n"
	"      redis.call('hincrby', KEYS[i + 4], ARGV[1], 1)\n"
	"      return {redis.call('rpoplpush', KEYS[i], KEYS[i + 1]), KEYS[i], KEYS[i + 1]}\n"
	"    end\n"
	"  end\n"
	"end\n"
	"return nil\n";

static const char *socket_path;
static atomic_long left;
static char sha[41];

static redisContext *connect_to(void)
{
	redisContext *c = redisConnectUnix(socket_path);

	if (!c || c->err) {
		fprintf(stderr, "gocraft_way: can't connect to %s\n", socket_path);
		exit(1);
	}
	return c;
}

static void enqueue(redisContext *c, long jobs)
{
	for (long i = 0; i < jobs; i++)
		redisAppendCommand(
			c,
			"LPUSH gw:jobs:q%ld "
			"{\"name\":\"q%ld\",\"id\":\"%024lx\",\"t\":1,\"args\":{\"n\":1}}",
			i % QUEUES, i % QUEUES, i);
	for (long i = 0; i < jobs; i++) {
		redisReply *reply = NULL;

		redisGetReply(c, (void **)&reply);
		freeReplyObject(reply);
	}
}

static redisReply *fetch_one(redisContext *c, unsigned *seed)
{
	const char *argv[3 + 6 * QUEUES + 1] = {"EVALSHA", sha, "30"};
	static _Thread_local char keys[6 * QUEUES][64];
	static const char *const suffix[] = {"",      ":pool:inprogress", ":paused",
					     ":lock", ":lock_info",	  ":max_concurrency"};
	int first = rand_r(seed) % QUEUES, n = 3;

	for (int q = 0; q < QUEUES; q++)
		for (int k = 0; k < 6; k++) {
			snprintf(keys[n - 3], sizeof(keys[0]), "gw:jobs:q%d%s",
				 (first + q) % QUEUES, suffix[k]);
			argv[n] = keys[n - 3];
			n++;
		}
	argv[n++] = "pool";
	return redisCommandArgv(c, n, argv, NULL);
}

static void acknowledge(redisContext *c, const redisReply *job)
{
	redisReply *reply = NULL;

	redisAppendCommand(c, "MULTI");
	redisAppendCommand(c, "LREM %s 1 %b", job->element[2]->str, job->element[0]->str,
			   job->element[0]->len);
	redisAppendCommand(c, "DECR %s:lock", job->element[1]->str);
	redisAppendCommand(c, "HINCRBY %s:lock_info pool -1", job->element[1]->str);
	redisAppendCommand(c, "EXEC");
	for (int i = 0; i < 5; i++) {
		redisGetReply(c, (void **)&reply);
		freeReplyObject(reply);
	}
}

static void *worker(void *arg)
{
	redisContext *c = connect_to();
	unsigned seed = (unsigned)(size_t)arg;

	while (atomic_load(&left) > 0) {
		redisReply *job = fetch_one(c, &seed);

		if (job && job->type == REDIS_REPLY_ARRAY) {
			acknowledge(c, job);
			atomic_fetch_sub(&left, 1);
		}
		freeReplyObject(job);
	}
	redisFree(c);
	return NULL;
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	pthread_t threads[200];
	long jobs, concurrency;
	redisContext *c;
	redisReply *reply;
	double start;

	if (argc != 4)
		return 2;
	socket_path = argv[1];
	jobs = strtol(argv[2], NULL, 10);
	concurrency = strtol(argv[3], NULL, 10);
	if (concurrency < 1 || concurrency > 200)
		return 2;
	c = connect_to();
	reply = redisCommand(c, "SCRIPT LOAD %s", fetch);
	snprintf(sha, sizeof(sha), "%s", reply->str);
	freeReplyObject(reply);
	enqueue(c, jobs);
	atomic_store(&left, jobs);
	start = now_s();
	for (long i = 0; i < concurrency; i++)
		pthread_create(&threads[i], NULL, worker, (void *)(size_t)(i + 1));
	for (long i = 0; i < concurrency; i++)
		pthread_join(threads[i], NULL);
	printf("%.0f\n", (double)jobs / (now_s() - start));
	redisFree(c);
	return 0;
}
