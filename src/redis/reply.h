/* What Redis answered, in an arena. */
#ifndef REDIS_REPLY_H
#define REDIS_REPLY_H

#include "base/slice.h"
#include <cwork/error.h>
#include <stdint.h>

enum reply_type {
	REPLY_NIL,
	REPLY_STATUS,
	REPLY_ERROR,
	REPLY_INTEGER,
	REPLY_STRING,
	REPLY_ARRAY,
};

struct reply {
	enum reply_type type;
	int64_t integer;     /* INTEGER */
	struct slice str;    /* STATUS, ERROR, STRING; terminated */
	size_t count;	     /* ARRAY */
	struct reply *items; /* ARRAY: count of them */
};

/*
 * What an error reply means for the caller, as a CWORK_E_* (error.h), with
 * Redis' text in ERR. 0 when R is no error.
 */
int reply_check(const struct reply *r, cwork_error *err);

/* CWORK_E_PROTOCOL, saying which answer WHAT expected and what came; or reply_check()'s code for an
 * error reply. */
int reply_unexpected(const struct reply *r, const char *what, cwork_error *err);

/* An integer reply, or a string or status of decimal digits; false otherwise. */
bool reply_int(const struct reply *r, int64_t *out);

/* The value after KEY in a flat array of pairs (HGETALL); NULL when absent. */
const struct reply *reply_field(const struct reply *r, const char *key);

#endif
