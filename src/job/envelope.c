/*
 * Reading the stored job by Go's rules: in any order and case, unknown members
 * kept. One pass; nothing is copied unless it was escaped or is unknown.
 */
#include "job/envelope.h"

#include "base/error.h"
#include "job/json.h"

enum member {
	MEMBER_NAME,
	MEMBER_ID,
	MEMBER_T,
	MEMBER_ARGS,
	MEMBER_UNIQUE,
	MEMBER_UNIQUE_KEY,
	MEMBER_FAILS,
	MEMBER_ERR,
	MEMBER_FAILED_AT,
	MEMBER_UNKNOWN,
};

static const char *const member_names[] = {"name",	 "id",	  "t",	 "args",     "unique",
					   "unique_key", "fails", "err", "failed_at"};

static bool is(struct slice key, struct slice name, enum member m, enum member *out)
{
	if (!slice_equal(key, name))
		return false;
	*out = m;
	return true;
}

/* The members as all writers spell them. */
static bool find_exact(struct slice key, enum member *out)
{
	switch (key.len) {
	case 1:
		return is(key, SLICE("t"), MEMBER_T, out);
	case 2:
		return is(key, SLICE("id"), MEMBER_ID, out);
	case 3:
		return is(key, SLICE("err"), MEMBER_ERR, out);
	case 4:
		return is(key, SLICE("name"), MEMBER_NAME, out) ||
		       is(key, SLICE("args"), MEMBER_ARGS, out);
	case 5:
		return is(key, SLICE("fails"), MEMBER_FAILS, out);
	case 6:
		return is(key, SLICE("unique"), MEMBER_UNIQUE, out);
	case 9:
		return is(key, SLICE("failed_at"), MEMBER_FAILED_AT, out);
	case 10:
		return is(key, SLICE("unique_key"), MEMBER_UNIQUE_KEY, out);
	default:
		return false;
	}
}

#define LONGEST_NAME 10 /* unique_key */

/* One character of KEY in lower case at *C; returns its bytes. */
static size_t fold_one(struct slice key, char *c)
{
	static const struct slice long_s = {"\xc5\xbf", 2}, kelvin = {"\xe2\x84\xaa", 3};

	if (slice_begins(key, long_s)) {
		*c = 's';
		return long_s.len;
	}
	if (slice_begins(key, kelvin)) {
		*c = 'k';
		return kelvin.len;
	}
	*c = key.ptr[0] >= 'A' && key.ptr[0] <= 'Z' ? (char)(key.ptr[0] | 0x20) : key.ptr[0];
	return 1;
}

/*
 * Go compares member names without regard to case by Unicode's simple folding,
 * by which the long s is an s and the Kelvin sign a k.
 */
static bool find_folded(struct slice key, enum member *out)
{
	char folded[LONGEST_NAME];
	size_t len = 0;

	while (key.len > 0) {
		size_t used;

		if (len == sizeof(folded))
			return false;
		used = fold_one(key, &folded[len++]);
		key = slice_n(key.ptr + used, key.len - used);
	}
	return find_exact(slice_n(folded, len), out);
}

/* The member that KEY names, in *OUT. False without memory. */
static bool find_member(const struct json *key, struct arena *a, enum member *out)
{
	struct slice name = json_string(key, a);

	if (!name.ptr)
		return false;
	if (!find_exact(name, out) && !find_folded(name, out))
		*out = MEMBER_UNKNOWN;
	return true;
}

struct reader {
	struct envelope *e;
	struct arena *a;
	struct strbuf unknown;
	struct strbuf merged; /* args objects, when there are several; takes the place of e->args */
	unsigned seen;	      /* a bit for each member */
	cwork_error *err;
};

static int wrong(struct reader *r, enum member m, const char *what)
{
	return error_set(r->err, CWORK_E_BAD_JSON, "member %s is not %s", member_names[m], what);
}

static int read_text(struct reader *r, enum member m, const struct json *value, struct slice *out)
{
	if (value->type == JSON_NULL)
		return 0;
	if (value->type != JSON_STRING)
		return wrong(r, m, "a string");
	*out = json_string(value, r->a);
	return out->ptr ? 0 : error_nomem(r->err);
}

static int read_int(struct reader *r, enum member m, const struct json *value, int64_t *out)
{
	if (value->type == JSON_NULL)
		return 0;
	if (value->type != JSON_NUMBER || !json_int64(value, out))
		return wrong(r, m, "an integer");
	return 0;
}

/*
 * A second args object is merged into the first: its members stand behind, and
 * the last counts. In one buffer, however many there are.
 */
static int merge_args(struct reader *r, struct slice more)
{
	if (r->merged.len == 0)
		strbuf_append_slice(&r->merged, r->e->args);
	if (r->merged.failed)
		return error_nomem(r->err);
	strbuf_truncate(&r->merged, r->merged.len - 1);
	strbuf_append_char(&r->merged, ',');
	strbuf_append(&r->merged, more.ptr + 1, more.len - 1);
	return r->merged.failed ? error_nomem(r->err) : 0;
}

static bool is_empty_object(struct slice s)
{
	return json_skip_space(s.ptr + 1, s.ptr + s.len) == s.ptr + s.len - 1;
}

static int read_args(struct reader *r, const struct json *value)
{
	struct slice *args = &r->e->args;

	if (value->type == JSON_NULL) {
		*args = (struct slice){0};
		strbuf_clear(&r->merged);
		return 0;
	}
	if (value->type != JSON_OBJECT)
		return wrong(r, MEMBER_ARGS, "an object");
	if (args->len == 0 || is_empty_object(*args))
		*args = value->span;
	else if (!is_empty_object(value->span))
		return merge_args(r, value->span);
	return 0;
}

static int read_unique(struct reader *r, const struct json *value)
{
	if (value->type == JSON_NULL)
		return 0;
	if (value->type != JSON_BOOL)
		return wrong(r, MEMBER_UNIQUE, "true or false");
	r->e->unique = value->span.ptr[0] == 't';
	return 0;
}

static int keep_unknown(struct reader *r, const struct json *key, const struct json *value)
{
	strbuf_append_char(&r->unknown, ',');
	strbuf_append_slice(&r->unknown, key->span);
	strbuf_append_char(&r->unknown, ':');
	strbuf_append_slice(&r->unknown, value->span);
	return r->unknown.failed ? error_nomem(r->err) : 0;
}

static int read_member(struct reader *r, enum member m, const struct json *key,
		       const struct json *value)
{
	struct envelope *e = r->e;

	if (m != MEMBER_UNKNOWN) {
		e->ambiguous |= r->seen >> m & 1;
		r->seen |= 1u << m;
	}
	switch (m) {
	case MEMBER_NAME:
		return read_text(r, m, value, &e->name);
	case MEMBER_ID:
		return read_text(r, m, value, &e->id);
	case MEMBER_T:
		e->t_span = value->span;
		return read_int(r, m, value, &e->t);
	case MEMBER_ARGS:
		return read_args(r, value);
	case MEMBER_UNIQUE:
		return read_unique(r, value);
	case MEMBER_UNIQUE_KEY:
		return read_text(r, m, value, &e->unique_key);
	case MEMBER_FAILS:
		return read_int(r, m, value, &e->fails);
	case MEMBER_ERR:
		return read_text(r, m, value, &e->err);
	case MEMBER_FAILED_AT:
		return read_int(r, m, value, &e->failed_at);
	case MEMBER_UNKNOWN:
		return keep_unknown(r, key, value);
	}
	return 0;
}

/* One member at P. Returns what is behind it, or NULL with *RESULT. */
static const char *scan_member(struct reader *r, struct json_scanner *s, const char *p, int *result)
{
	struct json key, value;
	enum member m;

	p = json_scan_key(s, p, &key);
	if (!p)
		return NULL;
	if (!find_member(&key, r->a, &m)) {
		*result = error_nomem(r->err);
		return NULL;
	}
	s->doubles = m == MEMBER_ARGS; /* Go reads no other numbers into doubles */
	p = json_scan_value(s, p, &value);
	if (p)
		*result = read_member(r, m, &key, &value);
	return p && *result == 0 ? p : NULL;
}

static const char *syntax(struct json_scanner *s, const char *at, const char *what)
{
	s->error = what;
	s->error_at = at;
	return NULL;
}

/* The members of the object that opens at P. Returns what is behind it, or NULL. */
static const char *scan_members(struct reader *r, struct json_scanner *s, const char *p,
				int *result)
{
	p = json_skip_space(p + 1, s->end);
	if (p < s->end && *p == '}')
		return p + 1;
	for (;;) {
		p = scan_member(r, s, p, result);
		if (!p)
			return NULL;
		p = json_skip_space(p, s->end);
		if (p < s->end && *p == '}')
			return p + 1;
		if (p == s->end || *p != ',')
			return syntax(s, p, "no comma or } after a member");
		p++;
	}
}

static int not_an_object(struct slice raw, cwork_error *err)
{
	struct json value;
	int r = json_parse(&value, raw, err);

	if (r < 0)
		return r;
	if (value.type == JSON_NULL)
		return 0; /* Go: an empty job */
	return error_set(err, CWORK_E_BAD_JSON, "the job is not a JSON object");
}

static int read_object(struct reader *r, const char *start, struct slice raw)
{
	/* The job itself is a level. */
	struct json_scanner s = {.end = json_end(raw), .max_depth = JSON_MAX_DEPTH - 1};
	int result = 0;
	const char *p = scan_members(r, &s, start, &result);

	if (p) {
		p = json_skip_space(p, s.end);
		if (p < s.end)
			p = syntax(&s, p, "something behind the job");
	}
	if (p)
		return 0;
	return result < 0 ? result : json_scan_error(&s, raw, r->err);
}

/* Put what was gathered in a buffer into the arena. */
static int keep(struct reader *r, const struct strbuf *gathered, struct slice *out)
{
	char *copy;

	if (gathered->len == 0)
		return 0;
	copy = arena_copy(r->a, strbuf_slice(gathered));
	if (!copy)
		return error_nomem(r->err);
	*out = slice_n(copy, gathered->len);
	return 0;
}

static int read_job(struct reader *r, const char *start, struct slice raw)
{
	int result = read_object(r, start, raw);

	if (result == 0)
		result = keep(r, &r->unknown, &r->e->unknown);
	if (result == 0)
		result = keep(r, &r->merged, &r->e->args);
	free(r->unknown.ptr);
	free(r->merged.ptr);
	return result;
}

int envelope_read(struct envelope *e, struct arena *a, struct slice raw, cwork_error *err)
{
	/* Copied, since compilers zero a struct of this size by an instruction that takes as long
	 * as the scanning. */
	static const struct envelope nothing;
	struct reader r = {.e = e, .a = a, .err = err};
	const char *end = json_end(raw), *start = json_skip_space(raw.ptr, end);

	*e = nothing;
	e->raw = raw;
	if (start == end || *start != '{')
		return not_an_object(raw, err);
	return read_job(&r, start, raw);
}
