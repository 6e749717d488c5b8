/*
 * Log lines to a callback the user gave. One line per event, hostile bytes
 * escaped, and repeated lines held back: a source that says the same thing over
 * and over is heard once a second.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

typedef void log_fn(enum log_level level, const char *line, void *data);

struct log {
	log_fn *fn; /* NULL: no log */
	void *data;
};

/* A place in the code that may say the same thing often. Static or in a struct, zeroed;
 * thread-safe. */
struct log_limit {
	int64_t last_ms; /* when it was last heard; atomic */
	int64_t held;	 /* lines since; atomic */
};

/* Log a line; with the number of held-back ones added when LIMIT (may be NULL) kept some. */
void log_line(const struct log *log, enum log_level level, struct log_limit *limit,
	      const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
