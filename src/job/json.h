/*
 * The one JSON parser and the one JSON writer. Strict RFC 8259 reading; writing
 * exactly as Go's encoding/json does (wire-format.md §3).
 */
#ifndef JOB_JSON_H
#define JOB_JSON_H

#include "base/arena.h"
#include "base/strbuf.h"
#include <cwork/error.h>

/* Deepest nesting that is read, as in Go. What is written may nest less (canonical.h). */
#define JSON_MAX_DEPTH 10000

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* A value where it stands in its text: type and span. Nothing is copied. */
struct json {
	enum json_type type;
	struct slice span; /* the value's bytes, strings with their quotes */
	bool escaped;	   /* STRING: has escapes */
	bool bad_utf8;	   /* STRING: has bytes that are no UTF-8 */
};

/* Check TEXT as one complete value with only white space around it. BAD_JSON tells where and what.
 */
int json_parse(struct json *out, struct slice text, cwork_error *err);

/* Scanning piece by piece, for who reads one known shape (envelope.c). */
struct json_scanner {
	const char *end;
	unsigned max_depth;	      /* levels of nesting to accept; 0: JSON_MAX_DEPTH */
	bool doubles;		      /* refuse numbers that overflow a double */
	const char *error, *error_at; /* set on failure */
};

/* Read a value, or a member's name and its colon, from P on. Returns what is behind it, or NULL. */
const char *json_scan_value(struct json_scanner *s, const char *p, struct json *out);
const char *json_scan_key(struct json_scanner *s, const char *p, struct json *key);
/* Read a value with only white space around it. False on failure. */
bool json_scan_whole(struct json_scanner *s, const char *p, struct json *out);
const char *json_skip_space(const char *p, const char *end);
/* The end of TEXT, which may be {NULL, 0}. */
static inline const char *json_end(struct slice text)
{
	return text.len ? text.ptr + text.len : text.ptr;
}

/* BAD_JSON with the scanner's error, TEXT being the whole. */
int json_scan_error(const struct json_scanner *s, struct slice text, cwork_error *err);

/*
 * Walk the members of an object, or the elements of an array, that json_parse()
 * or a walk has checked.
 */
struct json_walk {
	const char *pos, *end;
	bool object;
};

struct json_walk json_walk(const struct json *container);
/* The next member: false at the end. KEY (objects) is the string with its quotes, type STRING. */
bool json_next(struct json_walk *w, struct json *key, struct json *value);

/* The characters of a string value: decoded as Go does (lone surrogates and bad bytes are U+FFFD),
 * in A only when it differs from the text. {NULL, 0} without memory. */
struct slice json_string(const struct json *s, struct arena *a);
/* The same, but bytes that are no UTF-8 stay as they are. */
struct slice json_string_raw(const struct json *s, struct arena *a);
/* Compare a string value's characters with plain bytes, without memory. */
bool json_string_is(const struct json *s, struct slice text);

/* A number that is an integer literal in int64, uint64. False for any other. */
bool json_int64(const struct json *n, int64_t *out);
bool json_uint64(const struct json *n, uint64_t *out);
/* A number as the nearest double; false when it overflows. Locale-independent. */
bool json_double(const struct json *n, double *out);

/* Write a string, a double as Go does. BAD_JSON for NaN and infinities. */
void json_write_string(struct strbuf *out, struct slice s);
int json_write_double(struct strbuf *out, double d, cwork_error *err);

#endif
