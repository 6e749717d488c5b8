/*
 * What a pool costs that has nothing to do.
 *
 *	idle URL CONCURRENCY SECONDS
 *
 * Prints the commands it sends to Redis a second, the same with those that its
 * scripts run inside Redis, and the resident and anonymous memory of this
 * process, which is little more than the pool, in kB.
 *
 * MONITOR counts them: INFO's commandstats does not tell a command that came
 * over the wire from one that a script ran.
 */
#include "measure.h"

#include <cwork/cwork.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counts {
	long sent, inside;
};

static int never(cwork_job *job, void *context)
{
	(void)context;
	die("a job came from nowhere: %s", cwork_job_name(job));
}

static cwork_pool *start_pool(const char *url, long concurrency)
{
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	cwork_pool_options options = {
		.size = sizeof(options), .redis = url, .concurrency = (unsigned)concurrency};
	cwork_pool *pool = NULL;
	cwork_error err;
	int r = cwork_pool_new(&pool, &options, &err);

	for (size_t i = 0; r == 0 && i < sizeof(names) / sizeof(*names); i++)
		r = cwork_pool_job(pool, names[i], never, NULL, &err);
	if (r == 0)
		r = cwork_pool_start(pool, &err);
	if (r != 0)
		die("%s", err.text);
	return pool;
}

/* A line is: TIME [DB FROM] "COMMAND" …, where a script's FROM is lua. */
static void count_line(struct counts *counts, const char *line)
{
	const char *bracket = strchr(line, '[');
	const char *from = bracket ? strchr(bracket, ' ') : NULL;

	if (!from)
		die("MONITOR says what we don't understand: %s", line);
	if (strncmp(from, " lua]", 5) == 0)
		counts->inside++;
	else
		counts->sent++;
}

static void count_what_came(redisContext *c, struct counts *counts)
{
	redisReply *line = NULL;

	if (redisBufferRead(c) != REDIS_OK)
		die("MONITOR ended: %s", c->errstr);
	while (redisGetReplyFromReader(c, (void **)&line) == REDIS_OK && line) {
		count_line(counts, line->str);
		freeReplyObject(line);
	}
}

static struct counts count_commands(redisContext *c, long seconds)
{
	int64_t left, end = now_ns() + (int64_t)seconds * 1000000000;
	struct counts counts = {0};

	freeReplyObject(redis_ask(c, "MONITOR"));
	while ((left = end - now_ns()) > 0) {
		struct pollfd fd = {.fd = c->fd, .events = POLLIN};

		if (poll(&fd, 1, (int)(left / 1000000) + 1) > 0)
			count_what_came(c, &counts);
	}
	return counts;
}

static long memory_kb(const char *field)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[200];
	long kb = -1;

	if (!status)
		die("can't read /proc/self/status");
	while (kb < 0 && fgets(line, sizeof(line), status))
		if (strncmp(line, field, strlen(field)) == 0)
			kb = strtol(line + strlen(field), NULL, 10);
	fclose(status);
	return kb;
}

int main(int argc, char **argv)
{
	struct counts counts;
	redisContext *c;
	cwork_pool *pool;
	long seconds;

	if (argc != 4)
		die("usage: idle URL CONCURRENCY SECONDS");
	seconds = number_from(argv[3], "seconds", 1, 3600);
	c = redis_open(argv[1]);
	pool = start_pool(argv[1], number_from(argv[2], "concurrency", 1, 10000));
	sleep_until_ns(now_ns() + 1500000000); /* until it is idle */
	counts = count_commands(c, seconds);
	printf("%.2f %.2f %ld %ld\n", (double)counts.sent / (double)seconds,
	       (double)(counts.sent + counts.inside) / (double)seconds, memory_kb("VmRSS:"),
	       memory_kb("RssAnon:"));
	cwork_pool_free(pool);
	redisFree(c);
	return 0;
}
