/* A JSON value as Go's %T and %v print what it was decoded to (wire-format.md §7.6): for error
 * texts. */
#ifndef JOB_GO_VALUE_H
#define JOB_GO_VALUE_H

#include "job/json.h"

/* TYPED: integer literals are int64 or uint64, as in the enqueuing process; otherwise all numbers
 * are float64. */
const char *go_value_type(const struct json *value, bool typed);
/* Append a checked value. Fails only without memory. */
int go_value_write(struct strbuf *out, const struct json *value, bool typed);

#endif
