/*
 * The readings that every program here takes: clocks, the CPU of both sides,
 * percentiles, and a plain connection to Redis. A benchmark has nobody to
 * report a failure to, so all of it ends the program when something is wrong.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <hiredis.h>
#include <stdint.h>

/* One moment: seconds on the clock, and seconds of CPU spent until then. */
struct reading {
	double wall_s, client_s, server_s;
};

/* Say why, with the program's name before it, and exit with 1. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A whole number within the limits, or die. WHAT names it. */
long number_from(const char *text, const char *what, long low, long high);

int64_t now_ns(void);
void sleep_until_ns(int64_t at_ns);

/* URL is unix://PATH or HOST:PORT. Free it with redisFree(). */
redisContext *redis_open(const char *url);
/* A command that must succeed. Free the reply. */
redisReply *redis_ask(redisContext *c, const char *format, ...);
/* CPU seconds that Redis has used since its start, user and system. */
double redis_cpu_s(redisContext *c);

/* Read the clocks; the server's CPU only when C is not NULL. */
struct reading reading_take(redisContext *c);
/* Print "JOBS_PER_S CLIENT_US SERVER_US" for JOBS jobs between two readings. */
void reading_print(const struct reading *before, const struct reading *after, long jobs);

/* Sort COUNT durations, for percentile_us(). */
void durations_sort(int64_t *ns, long count);
/* Of sorted durations, the one below which the share P of them is, in µs. */
double percentile_us(const int64_t *sorted_ns, long count, double p);

#endif
