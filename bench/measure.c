/* See measure.h. Knows no jobs. */
#include "measure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

long number_from(const char *text, const char *what, long low, long high)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < low || n > high)
		die("%s %s is not %ld to %ld", what, text, low, high);
	return n;
}

int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void sleep_until_ns(int64_t at_ns)
{
	struct timespec ts = {at_ns / 1000000000, at_ns % 1000000000};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static redisContext *redis_connect(const char *url)
{
	const char *colon = strrchr(url, ':');
	char host[64];

	if (strncmp(url, "unix://", 7) == 0)
		return redisConnectUnix(url + 7);
	if (!colon || (size_t)(colon - url) >= sizeof(host))
		die("%s is neither unix://PATH nor HOST:PORT", url);
	snprintf(host, sizeof(host), "%.*s", (int)(colon - url), url);
	return redisConnect(host, (int)number_from(colon + 1, "port", 1, 65535));
}

redisContext *redis_open(const char *url)
{
	redisContext *c = redis_connect(url);

	if (!c || c->err)
		die("can't connect to %s: %s", url, c ? c->errstr : "out of memory");
	return c;
}

redisReply *redis_ask(redisContext *c, const char *format, ...)
{
	redisReply *reply;
	va_list args;

	va_start(args, format);
	reply = redisvCommand(c, format, args);
	va_end(args);
	if (!reply)
		die("no answer from Redis: %s", c->errstr);
	if (reply->type == REDIS_REPLY_ERROR)
		die("%s", reply->str);
	return reply;
}

static double info_number(const redisReply *info, const char *field)
{
	const char *at = strstr(info->str, field);

	if (!at)
		die("Redis does not tell %s", field);
	return strtod(at + strlen(field), NULL);
}

double redis_cpu_s(redisContext *c)
{
	redisReply *info = redis_ask(c, "INFO cpu");
	double s = info_number(info, "used_cpu_sys:") + info_number(info, "used_cpu_user:");

	freeReplyObject(info);
	return s;
}

static double process_cpu_s(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

struct reading reading_take(redisContext *c)
{
	return (struct reading){
		.wall_s = (double)now_ns() / 1e9,
		.client_s = process_cpu_s(),
		.server_s = c ? redis_cpu_s(c) : 0,
	};
}

void reading_print(const struct reading *before, const struct reading *after, long jobs)
{
	double n = (double)jobs;

	printf("%.0f %.3f %.3f\n", n / (after->wall_s - before->wall_s),
	       (after->client_s - before->client_s) / n * 1e6,
	       (after->server_s - before->server_s) / n * 1e6);
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void durations_sort(int64_t *ns, long count)
{
	qsort(ns, (size_t)count, sizeof(*ns), by_value);
}

double percentile_us(const int64_t *sorted_ns, long count, double p)
{
	return (double)sorted_ns[(long)(p * (double)(count - 1) + 0.5)] / 1000;
}
