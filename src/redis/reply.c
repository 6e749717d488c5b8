/*
 * Reading replies: what an error means, and the shapes that callers ask for.
 * Knows Redis' words for its errors, and no sockets.
 */
#include "redis/reply.h"
#include "base/error.h"
#include "base/parse.h"
#include "redis/reply_error.h"
#include <string.h>

static const struct meaning {
	struct slice word;
	int code;
} meanings[] = {
	{{"OOM", 3}, CWORK_E_FULL},
	{{"MISCONF", 7}, CWORK_E_FULL},
	{{"NOREPLICAS", 10}, CWORK_E_FULL},
	{{"LOADING", 7}, CWORK_E_BUSY},
	{{"MASTERDOWN", 10}, CWORK_E_BUSY},
	{{"CLUSTERDOWN", 11}, CWORK_E_BUSY},
	{{"TRYAGAIN", 8}, CWORK_E_BUSY},
	{{"BUSY", 4}, CWORK_E_BUSY},
	{{"UNKILLABLE", 10}, CWORK_E_BUSY},
	{{"READONLY", 8}, CWORK_E_READONLY},
	{{"WRONGTYPE", 9}, CWORK_E_WRONG_TYPE},
	{{"NOAUTH", 6}, CWORK_E_AUTH},
	{{"WRONGPASS", 9}, CWORK_E_AUTH},
	{{"NOPERM", 6}, CWORK_E_AUTH},
	{{"DENIED", 6}, CWORK_E_AUTH},
};

/* What TEXT's first word means, or 0. BUSYGROUP is not BUSY: the whole word counts. */
static int first_word(struct slice text)
{
	const char *space = text.len ? memchr(text.ptr, ' ', text.len) : NULL;
	struct slice word = {text.ptr, space ? (size_t)(space - text.ptr) : text.len};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (slice_equal(word, meanings[i].word))
			return meanings[i].code;
	return 0;
}

/* The last place in TEXT where MARK stands, or NULL. */
static const char *find_last(struct slice text, struct slice mark)
{
	const char *found = NULL, *at = text.ptr;

	while ((at = memmem(at, text.len - (size_t)(at - text.ptr), mark.ptr, mark.len)))
		found = at++;
	return found;
}

/*
 * Before version 7, an error inside a script comes wrapped in the place where
 * it was raised, with or without the dash of the protocol:
 * "ERR Error running script (call to f_SHA): @user_script:1: @user_script: 1: -OOM command …".
 */
static int wrapped_word(struct slice text)
{
	const char *end = text.ptr + text.len, *at;

	if (!slice_begins(text, SLICE("ERR Error running script")))
		return 0;
	at = find_last(text, SLICE("@user_script:"));
	if (!at)
		return 0;
	at += sizeof("@user_script:") - 1;
	while (at < end && (*at == ' ' || *at == ':' || (*at >= '0' && *at <= '9')))
		at++;
	if (at < end && *at == '-')
		at++;
	return first_word(slice_n(at, (size_t)(end - at)));
}

int reply_error_code(const struct reply *r)
{
	int code = first_word(r->str);

	if (code == 0)
		code = wrapped_word(r->str);
	if (code == 0 && slice_begins(r->str, SLICE("ERR max number of clients")))
		code = CWORK_E_BUSY;
	return code ? code : CWORK_E_REDIS;
}

int reply_check(const struct reply *r, cwork_error *err)
{
	if (r->type != REPLY_ERROR)
		return 0;
	return error_set(err, reply_error_code(r), "%.*s",
			 (int)(r->str.len < 1024 ? r->str.len : 1024), r->str.ptr);
}

int reply_unexpected(const struct reply *r, const char *what, cwork_error *err)
{
	static const char *const names[] = {
		[REPLY_NIL] = "nil",	       [REPLY_STATUS] = "the status",
		[REPLY_ERROR] = "an error",    [REPLY_INTEGER] = "the integer",
		[REPLY_STRING] = "the string", [REPLY_ARRAY] = "an array",
	};
	const char *name = names[r->type];

	if (r->type == REPLY_ERROR)
		return reply_check(r, err);
	if (r->type == REPLY_INTEGER)
		return error_set(err, CWORK_E_PROTOCOL, "%s: did not expect %s %lld", what, name,
				 (long long)r->integer);
	if (r->type == REPLY_ARRAY)
		return error_set(err, CWORK_E_PROTOCOL, "%s: did not expect %s of %zu", what, name,
				 r->count);
	if (r->type == REPLY_NIL)
		return error_set(err, CWORK_E_PROTOCOL, "%s: did not expect %s", what, name);
	return error_set(err, CWORK_E_PROTOCOL, "%s: did not expect %s \"%.*s\"", what, name,
			 r->str.len > 60 ? 60 : (int)r->str.len, r->str.ptr);
}

bool reply_int(const struct reply *r, int64_t *out)
{
	if (r->type == REPLY_STRING || r->type == REPLY_STATUS)
		return parse_int64(r->str, out);
	if (r->type != REPLY_INTEGER)
		return false;
	*out = r->integer;
	return true;
}

static bool has_text(const struct reply *r)
{
	return r->type == REPLY_STRING || r->type == REPLY_STATUS;
}

const struct reply *reply_field(const struct reply *r, const char *key)
{
	struct slice wanted = slice_of(key);

	if (r->type != REPLY_ARRAY)
		return NULL;
	for (size_t i = 0; i + 1 < r->count; i += 2)
		if (has_text(&r->items[i]) && slice_equal(r->items[i].str, wanted))
			return &r->items[i + 1];
	return NULL;
}
