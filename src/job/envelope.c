/* The stored job: reading it by Go's rules, writing it in Go's order. */
#include "job/envelope.h"

#include "base/error.h"
#include "base/parse.h"
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

/*
 * Go compares member names without regard to case by Unicode's simple folding,
 * by which the long s is an s and the Kelvin sign a k. Bytes of the folded
 * name go to OUT; 0 when it is longer than any member's.
 */
static size_t fold(struct slice key, char out[16])
{
	size_t n = 0;

	for (size_t i = 0; i < key.len; i++) {
		unsigned char c = (unsigned char)key.ptr[i];

		if (n == 16)
			return 0;
		if (c == 0xc5 && key.len - i > 1 && key.ptr[i + 1] == '\xbf') {
			c = 's';
			i++;
		} else if (c == 0xe2 && key.len - i > 2 &&
			   memcmp(key.ptr + i, "\xe2\x84\xaa", 3) == 0) {
			c = 'k';
			i += 2;
		} else if (c >= 'A' && c <= 'Z') {
			c |= 0x20;
		}
		out[n++] = (char)c;
	}
	return n;
}

static enum member which(const struct json *key, struct arena *a)
{
	char folded[16];
	size_t len = fold(json_string(key, a), folded);

	for (int m = 0; len && m < MEMBER_UNKNOWN; m++)
		if (member_names[m][0] == folded[0] && strlen(member_names[m]) == len &&
		    memcmp(member_names[m], folded, len) == 0)
			return (enum member)m;
	return MEMBER_UNKNOWN;
}

struct reader {
	struct envelope *e;
	struct arena *a;
	struct strbuf unknown;
	unsigned seen; /* a bit for each member */
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

/* A second args object is merged into the first: its members stand behind, and the last counts. */
static int merge_args(struct reader *r, struct slice more)
{
	struct slice first = r->e->args;
	char *text = arena_printf(r->a, "%.*s,%.*s", (int)first.len - 1, first.ptr,
				  (int)more.len - 1, more.ptr + 1);

	if (!text)
		return error_nomem(r->err);
	r->e->args = slice_of(text);
	return 0;
}

static bool is_empty_object(struct slice s)
{
	for (size_t i = 1; i + 1 < s.len; i++)
		if (s.ptr[i] != ' ' && s.ptr[i] != '\n' && s.ptr[i] != '\r' && s.ptr[i] != '\t')
			return false;
	return true;
}

static int read_args(struct reader *r, const struct json *value)
{
	struct slice *args = &r->e->args;

	if (value->type == JSON_NULL) {
		*args = (struct slice){0};
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

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

/* One member at P. Returns what is behind it, or NULL with *RESULT. */
static const char *scan_member(struct reader *r, struct json_scanner *s, const char *p, int *result)
{
	struct json key, value;
	enum member m;

	p = json_scan_key(s, p, &key);
	if (!p)
		return NULL;
	m = which(&key, r->a);
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
	p = skip_space(p + 1, s->end);
	if (p < s->end && *p == '}')
		return p + 1;
	for (;;) {
		p = scan_member(r, s, p, result);
		if (!p)
			return NULL;
		p = skip_space(p, s->end);
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
	struct json_scanner s = {.end = raw.ptr + raw.len};
	int result = 0;
	const char *p = scan_members(r, &s, start, &result);

	if (p) {
		p = skip_space(p, s.end);
		if (p < s.end)
			p = syntax(&s, p, "something behind the job");
	}
	if (p)
		return 0;
	return result < 0 ? result : json_scan_error(&s, raw, r->err);
}

int envelope_read(struct envelope *e, struct arena *a, struct slice raw, cwork_error *err)
{
	struct reader r = {.e = e, .a = a, .err = err};
	const char *start = skip_space(raw.ptr, raw.ptr + raw.len);
	int result;

	*e = (struct envelope){.raw = raw};
	if (start == raw.ptr + raw.len || *start != '{')
		return not_an_object(raw, err);
	result = read_object(&r, start, raw);
	if (result == 0 && r.unknown.len) {
		char *copy = arena_copy(a, strbuf_slice(&r.unknown));

		e->unknown = slice_n(copy, copy ? r.unknown.len : 0);
		result = copy ? 0 : error_nomem(err);
	}
	strbuf_free(&r.unknown);
	return result;
}

static void text_member(struct strbuf *out, const char *name, struct slice value)
{
	if (value.len == 0)
		return;
	strbuf_append_str(out, name);
	json_write_string(out, value);
}

static void int_member(struct strbuf *out, const char *name, int64_t value)
{
	if (value == 0)
		return;
	strbuf_append_str(out, name);
	strbuf_append_int(out, value);
}

void envelope_write(struct strbuf *out, const struct envelope *e)
{
	strbuf_append_char(out, '{');
	if (e->name.len) {
		text_member(out, "\"name\":", e->name);
		strbuf_append_char(out, ',');
	}
	strbuf_append_str(out, "\"id\":");
	json_write_string(out, e->id);
	strbuf_append_str(out, ",\"t\":");
	strbuf_append_int(out, e->t);
	strbuf_append_str(out, ",\"args\":");
	strbuf_append_slice(out, e->args.len ? e->args : SLICE("null"));
	if (e->unique)
		strbuf_append_str(out, ",\"unique\":true");
	text_member(out, ",\"unique_key\":", e->unique_key);
	int_member(out, ",\"fails\":", e->fails);
	text_member(out, ",\"err\":", e->err);
	int_member(out, ",\"failed_at\":", e->failed_at);
	strbuf_append_slice(out, e->unknown);
	strbuf_append_char(out, '}');
}

void envelope_write_with_t(struct strbuf *out, const struct envelope *e, int64_t t_s)
{
	const char *end = e->raw.ptr + e->raw.len;

	if (!e->t_span.ptr) {
		struct envelope copy = *e;

		copy.t = t_s;
		envelope_write(out, &copy);
		return;
	}
	strbuf_append(out, e->raw.ptr, (size_t)(e->t_span.ptr - e->raw.ptr));
	strbuf_append_int(out, t_s);
	strbuf_append(out, e->t_span.ptr + e->t_span.len,
		      (size_t)(end - e->t_span.ptr) - e->t_span.len);
}

void envelope_write_failed(struct strbuf *out, const struct envelope *e, struct slice text,
			   int64_t now_s)
{
	struct envelope failed = *e;

	if (failed.fails < INT64_MAX)
		failed.fails++;
	failed.err = text;
	failed.failed_at = now_s;
	envelope_write(out, &failed);
}

/* Enough to recognise it by; the whole is in quarantine. */
#define QUARANTINED_HEAD 512

void envelope_write_quarantined(struct strbuf *out, struct slice raw, struct slice queue,
				struct slice id, struct slice why, int64_t now_s)
{
	own_by(strbuf_freep) struct strbuf args = {0};
	struct slice head =
		slice_n(raw.ptr, raw.len < QUARANTINED_HEAD ? raw.len : QUARANTINED_HEAD);

	strbuf_append_str(&args, "{\"bytes\":");
	strbuf_append_uint(&args, raw.len);
	strbuf_append_str(&args, ",\"quarantined\":");
	json_write_string(&args, head);
	strbuf_append_char(&args, '}');
	out->failed |= args.failed;
	envelope_write(out, &(struct envelope){
				    .name = queue,
				    .id = id,
				    .t = now_s,
				    .args = strbuf_slice(&args),
				    .fails = 1,
				    .err = why,
				    .failed_at = now_s,
			    });
}
