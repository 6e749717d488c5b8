/* JSON text as Go writes a map: members sorted, no spaces, numbers and strings in one spelling. */
#ifndef JOB_CANONICAL_H
#define JOB_CANONICAL_H

#include "base/strbuf.h"
#include <cwork/args.h>
#include <cwork/error.h>

/* Levels of nesting that Redis' cjson can read back: those inside args, and args itself (rule R4).
 */
#define CANONICAL_MAX_DEPTH 999

enum canonical_numbers {
	CANONICAL_TYPED, /* integer literals in int64 or uint64 stay exact; others through a double
			  */
	CANONICAL_FLOAT64, /* every number through a double, as Go reads args back from Redis */
};

/* How invalid UTF-8 in JSON text is written: a native Go string's bad byte is the escape, one that
 * was read is the character. */
enum canonical_bad_utf8 { CANONICAL_ESCAPE_BAD_UTF8, CANONICAL_REPLACE_BAD_UTF8 };

/*
 * Write the JSON value TEXT canonically. BAD_JSON when it is none, has numbers
 * beyond a double, or, TYPED, nests deeper than rule R4 (what Redis holds already
 * may nest deeper). On failure OUT has what it had, unless out->failed tells that
 * it could not grow.
 */
int canonical_write(struct strbuf *out, struct slice text, enum canonical_numbers numbers,
		    enum canonical_bad_utf8 bad, cwork_error *err);
/* The same for a member's value: native, TYPED, DEPTH levels below the outermost value. */
int canonical_write_nested(struct strbuf *out, struct slice text, unsigned depth, cwork_error *err);

/*
 * Write a caller's arguments: an object, or "null" when there are none. Typed
 * members with the same key: the last counts. BAD_JSON names the member. On
 * failure as above.
 */
int canonical_args(struct strbuf *out, const cwork_args *args, cwork_error *err);

#endif
