/* Durations and times as people type them. */
#ifndef CLI_DURATION_H
#define CLI_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* "90", "90s", "5m", "2h", "1d", "1h30m": seconds. */
bool parse_seconds(const char *text, int64_t *out);
/* Unix seconds, or RFC 3339: "2026-11-24T09:00:00Z", "2026-11-24 09:00" (local time). */
bool parse_time(const char *text, int64_t *out);

#endif
