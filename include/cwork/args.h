/*
 * A job's arguments: a JSON object, given by typed members or as JSON text.
 *
 *	CWORK_ARGS(cwork_str("address", "test@example.com"), cwork_int("customer_id", 4))
 *	cwork_args_json("{\"customer_id\": 4}")
 *	CWORK_NO_ARGS
 *
 * Whatever the form, what is stored is the text Go's encoding/json would
 * write: members sorted by key, no spaces, integers exact. Everything is
 * borrowed until the call that takes the arguments returns.
 */
#ifndef CWORK_ARGS_H
#define CWORK_ARGS_H

#include <cwork/export.h>
#include <stdbool.h>

CWORK_BEGIN_DECLS

enum cwork_arg_type {
	CWORK_ARG_STRING = 1,
	CWORK_ARG_INT,
	CWORK_ARG_UINT,
	CWORK_ARG_DOUBLE,
	CWORK_ARG_BOOL,
	CWORK_ARG_NULL,
	CWORK_ARG_JSON
};

/* One member. Made by the functions below. */
typedef struct cwork_arg {
	const char *key;
	enum cwork_arg_type type;
	const char *text; /* STRING, JSON */
	size_t len;	  /* bytes of text */
	union {
		int64_t i;
		uint64_t u;
		double d;
		bool b;
	} value;
} cwork_arg;

/* A whole argument object. All zero is "no arguments" (stored as null). */
typedef struct cwork_args {
	const cwork_arg *items;
	size_t count;
	const char *json; /* when not NULL: the object as JSON text, and items is ignored */
	size_t json_len;  /* bytes */
	bool present;	  /* false: no arguments at all */
} cwork_args;

/* A string member; TEXT is a C string, or NULL for JSON null. Bytes that are not UTF-8 become
 * U+FFFD. */
CWORK_API cwork_arg cwork_str(const char *key, const char *text);
/* A string member of LEN bytes, which may hold NUL. */
CWORK_API cwork_arg cwork_strn(const char *key, const char *text, size_t len);
CWORK_API cwork_arg cwork_int(const char *key, int64_t value);
CWORK_API cwork_arg cwork_uint(const char *key, uint64_t value);
/* A number; NaN and the infinities are refused when the job is enqueued. */
CWORK_API cwork_arg cwork_double(const char *key, double value);
CWORK_API cwork_arg cwork_bool(const char *key, bool value);
CWORK_API cwork_arg cwork_null(const char *key);
/* A member whose value is JSON text: an object, an array, anything. */
CWORK_API cwork_arg cwork_json(const char *key, const char *json);

/* Arguments from the text of a JSON object, or of null. Checked when the job is enqueued. */
CWORK_API cwork_args cwork_args_json(const char *json);
/* The same for LEN bytes, which need no terminator. */
CWORK_API cwork_args cwork_args_jsonn(const char *json, size_t len);
/* Arguments from COUNT members in an array, for callers that build it at run time. */
CWORK_API cwork_args cwork_args_items(const cwork_arg *items, size_t count);

CWORK_END_DECLS

#ifdef __cplusplus
#if __cplusplus >= 201103L
#include <initializer_list>
inline cwork_args cwork_args_list(std::initializer_list<cwork_arg> members)
{
	return cwork_args_items(members.begin(), members.size());
}
#define CWORK_ARGS(...) cwork_args_list({__VA_ARGS__})
#endif
#define CWORK_NO_ARGS (cwork_args())
#else
/* The leading empty member lets the list itself be empty: CWORK_ARGS() is {}. */
#define CWORK_ARGS(...)                                                                            \
	cwork_args_items((const cwork_arg[]){{0}, __VA_ARGS__} + 1,                                \
			 sizeof((const cwork_arg[]){{0}, __VA_ARGS__}) / sizeof(cwork_arg) - 1)
#define CWORK_NO_ARGS ((cwork_args){0})
#endif

#endif
