/*
 * Log lines to a callback the user gave. One line per event, hostile bytes
 * escaped, and repeated lines held back: a source that says the same thing over
 * and over is heard once a second.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <cwork/log.h>
#include <stdbool.h>
#include <stdint.h>

struct log {
	cwork_log_fn *fn; /* NULL: no log */
	void *data;
};

/* A place in the code that may say the same thing often. Static or in a struct, zeroed;
 * thread-safe. */
struct log_limit {
	int64_t last_ms; /* when it was last heard; atomic */
	int64_t held;	 /* lines since; atomic */
};

/* Log a line; with the number of held-back ones added when LIMIT (may be NULL) kept some. */
void log_line(const struct log *log, enum cwork_log_level level, struct log_limit *limit,
	      const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
