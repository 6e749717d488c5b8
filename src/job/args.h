/* Typed reading of a stored job's args, with gocraft/work's rules and error texts (wire-format.md
 * §7.6). */
#ifndef JOB_ARGS_H
#define JOB_ARGS_H

#include "job/json.h"

/*
 * Integers: Go reads every number of a stored job into a double, so that it
 * refuses integers beyond 2^53 - 100. ARGS_EXACT takes integer literals
 * exactly over all of int64 instead (and doubles as Go does); ARGS_FLOAT64 is
 * Go's reading of a stored job; ARGS_TYPED is Go's view of native values
 * (used by the vectors).
 */
enum args_numbers { ARGS_EXACT, ARGS_FLOAT64, ARGS_TYPED };

/* Find a member; the last of equal keys. ARGS may be {NULL, 0}. False when absent. */
bool args_find(struct slice args, struct slice key, struct json *out);

/*
 * Read a member. On failure: the zero value, and false, with the text in A in
 * *ERROR. Texts are as long as the value.
 */
bool args_string(struct slice args, struct slice key, enum args_numbers numbers, struct arena *a,
		 struct slice *out, const char **error);
bool args_int64(struct slice args, struct slice key, enum args_numbers numbers, struct arena *a,
		int64_t *out, const char **error);
bool args_double(struct slice args, struct slice key, enum args_numbers numbers, struct arena *a,
		 double *out, const char **error);
bool args_bool(struct slice args, struct slice key, enum args_numbers numbers, struct arena *a,
	       bool *out, const char **error);

#endif
