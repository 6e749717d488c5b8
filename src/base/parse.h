/* Reading numbers, durations and sizes from text, strictly: the whole text or nothing. */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include "base/slice.h"
#include <stdint.h>

/* Decimal digits with an optional minus sign, nothing else ("integer" of the wire format). False if
 * not, or out of range. */
bool parse_int64(struct slice s, int64_t *out);
bool parse_uint64(struct slice s, uint64_t *out);
/* "90", "90s", "5m", "2h", "1d", "1w", "250ms", "1h30m"; no unit is seconds. In milliseconds. */
bool parse_duration_ms(struct slice s, int64_t *out);
/* "65536", "64k", "256M", "1G", powers of 1024, an optional B or iB behind. In bytes. */
bool parse_size(struct slice s, uint64_t *out);
/* Percent-decoding into OUT (at least s.len bytes); false on a bad escape. *LEN is set. */
bool parse_percent(struct slice s, char *out, size_t *len);

#endif
