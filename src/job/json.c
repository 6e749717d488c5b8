/*
 * Reading JSON: a strict scanner that finds spans and copies nothing. One loop
 * over a stack of bytes, no recursion: a payload decides how deep it nests, and
 * threads have small stacks.
 */
#include "job/json.h"

#include "base/error.h"
#include "base/unset.h"
#include "job/plain.h"
#include "job/utf8.h"

/* Text without an exponent and at most this long is below 10^308. */
#define SURELY_FINITE 300

const char *json_skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

static bool is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

static const char *skip_digits(const char *p, const char *end)
{
	while (is_digit(p, end))
		p++;
	return p;
}

static const char *fail(struct json_scanner *s, const char *at, const char *what)
{
	s->error = what;
	s->error_at = at;
	return NULL;
}

/* What may stand behind a number's whole digits: .digits, then e, a sign, digits. */
static const char *scan_fraction(struct json_scanner *s, const char *p, bool *has_exponent)
{
	if (p < s->end && *p == '.') {
		if (!is_digit(p + 1, s->end))
			return fail(s, p, "no digit after a decimal point");
		p = skip_digits(p + 1, s->end);
	}
	*has_exponent = p < s->end && (*p == 'e' || *p == 'E');
	if (*has_exponent) {
		p++;
		if (p < s->end && (*p == '+' || *p == '-'))
			p++;
		if (!is_digit(p, s->end))
			return fail(s, p, "no digit in an exponent");
		p = skip_digits(p, s->end);
	}
	return p;
}

static const char *scan_number(struct json_scanner *s, const char *start, struct json *out)
{
	const char *p = *start == '-' ? start + 1 : start;
	bool has_exponent;
	double d;

	if (!is_digit(p, s->end))
		return fail(s, p, "a digit is missing in a number");
	p = *p == '0' ? p + 1 : skip_digits(p, s->end);
	p = scan_fraction(s, p, &has_exponent);
	if (!p)
		return NULL;
	*out = (struct json){.type = JSON_NUMBER, .span = {start, (size_t)(p - start)}};
	if (s->doubles && (has_exponent || p - start > SURELY_FINITE) && !json_double(out, &d))
		return fail(s, start, "a number is too large");
	return p;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* P is behind the backslash. */
static const char *scan_escape(struct json_scanner *s, const char *p)
{
	if (p == s->end)
		return fail(s, p, "a string does not end");
	if (*p != 'u')
		return memchr("\"\\/bfnrt", *p, 8) ? p + 1 : fail(s, p, "bad escape in a string");
	for (int i = 1; i <= 4; i++)
		if (s->end - p <= i || !is_hex(p[i]))
			return fail(s, p, "bad \\u escape in a string");
	return p + 5;
}

/* A character that is not plain, and does not end the string. */
static const char *scan_special(struct json_scanner *s, const char *p, struct json *out)
{
	size_t len;

	if (p == s->end)
		return fail(s, p, "a string does not end");
	if (*p == '\\') {
		out->escaped = true;
		return scan_escape(s, p + 1);
	}
	if ((unsigned char)*p < 0x20)
		return fail(s, p, "a control character in a string");
	len = utf8_length(p, (size_t)(s->end - p));
	if (len > 0)
		return p + len;
	out->bad_utf8 = true;
	return p + 1;
}

static const char *scan_string(struct json_scanner *s, const char *start, struct json *out)
{
	const char *p = plain_skip(start + 1, s->end);

	*out = (struct json){.type = JSON_STRING};
	while (p == s->end || *p != '"') {
		p = scan_special(s, p, out);
		if (!p)
			return NULL;
		p = plain_skip(p, s->end);
	}
	p++;
	out->span = slice_n(start, (size_t)(p - start));
	return p;
}

static const char *scan_word(struct json_scanner *s, const char *p, struct slice word,
			     enum json_type type, struct json *out)
{
	if (!slice_begins(slice_n(p, (size_t)(s->end - p)), word))
		return fail(s, p, "a value can't begin like this");
	*out = (struct json){.type = type, .span = {p, word.len}};
	return p + word.len;
}

static const char *scan_scalar(struct json_scanner *s, const char *p, struct json *out)
{
	if (p == s->end)
		return fail(s, p, "unexpected end");
	switch (*p) {
	case '"':
		return scan_string(s, p, out);
	case 't':
		return scan_word(s, p, SLICE("true"), JSON_BOOL, out);
	case 'f':
		return scan_word(s, p, SLICE("false"), JSON_BOOL, out);
	case 'n':
		return scan_word(s, p, SLICE("null"), JSON_NULL, out);
	default:
		if (*p == '-' || is_digit(p, s->end))
			return scan_number(s, p, out);
		return fail(s, p, "a value can't begin like this");
	}
}

/* The open containers, by what closes them. Left unset: clearing 10 kB for each value costs more
 * than reading it. */
struct nesting {
	unsigned depth;
	char closers[JSON_MAX_DEPTH];
};

const char *json_scan_key(struct json_scanner *s, const char *p, struct json *key)
{
	p = json_skip_space(p, s->end);
	if (p == s->end)
		return fail(s, p, "unexpected end");
	if (*p != '"')
		return fail(s, p, "a member's name must be a string");
	p = scan_string(s, p, key);
	if (!p)
		return NULL;
	p = json_skip_space(p, s->end);
	if (p == s->end || *p != ':')
		return fail(s, p, "no colon after a member's name");
	return json_skip_space(p + 1, s->end);
}

/*
 * Behind a value inside containers: close what closes, and go to the next
 * value's beginning, or to the outermost end (depth 0).
 */
static const char *after_value(struct json_scanner *s, const char *p, struct nesting *n)
{
	struct json key;

	while (n->depth > 0) {
		char closer = n->closers[n->depth - 1];

		p = json_skip_space(p, s->end);
		if (p == s->end)
			return fail(s, p, "unexpected end");
		if (*p == ',')
			return closer == '}' ? json_scan_key(s, p + 1, &key)
					     : json_skip_space(p + 1, s->end);
		if (*p != closer)
			return fail(s, p,
				    closer == '}' ? "no comma or } after a member"
						  : "no comma or ] after an element");
		p++;
		n->depth--;
	}
	return p;
}

/* A container opens at P. Goes to its first value, or behind it when it is empty. */
static const char *open_container(struct json_scanner *s, const char *p, struct nesting *n,
				  bool *empty)
{
	char closer = *p == '{' ? '}' : ']';
	struct json key;

	if (n->depth == (s->max_depth ? s->max_depth : JSON_MAX_DEPTH))
		return fail(s, p, "nested too deep");
	p = json_skip_space(p + 1, s->end);
	*empty = p < s->end && *p == closer;
	if (*empty)
		return p + 1;
	n->closers[n->depth++] = closer;
	return closer == '}' ? json_scan_key(s, p, &key) : p;
}

static bool opens(const char *p, const char *end)
{
	return p < end && (*p == '{' || *p == '[');
}

static const char *scan_container(struct json_scanner *s, const char *start, struct json *out)
{
	struct nesting n unset;
	const char *p = start;
	struct json value;

	n.depth = 0;
	do {
		bool empty = true;

		p = opens(p, s->end) ? open_container(s, p, &n, &empty) : scan_scalar(s, p, &value);
		if (p && empty)
			p = after_value(s, p, &n);
		if (!p)
			return NULL;
	} while (n.depth > 0);
	*out = (struct json){.type = *start == '{' ? JSON_OBJECT : JSON_ARRAY,
			     .span = {start, (size_t)(p - start)}};
	return p;
}

const char *json_scan_value(struct json_scanner *s, const char *p, struct json *out)
{
	p = json_skip_space(p, s->end);
	return opens(p, s->end) ? scan_container(s, p, out) : scan_scalar(s, p, out);
}

bool json_scan_whole(struct json_scanner *s, const char *p, struct json *out)
{
	p = json_scan_value(s, p, out);
	if (!p)
		return false;
	p = json_skip_space(p, s->end);
	return p == s->end || fail(s, p, "something behind the value");
}

int json_scan_error(const struct json_scanner *s, struct slice text, cwork_error *err)
{
	return error_set(err, CWORK_E_BAD_JSON, "invalid JSON at byte %zu: %s",
			 (size_t)(s->error_at - text.ptr), s->error);
}

int json_parse(struct json *out, struct slice text, cwork_error *err)
{
	struct json_scanner s = {.end = json_end(text)};

	return json_scan_whole(&s, text.ptr, out) ? 0 : json_scan_error(&s, text, err);
}

struct json_walk json_walk(const struct json *container)
{
	return (struct json_walk){
		.pos = container->span.ptr + 1,
		.end = container->span.ptr + container->span.len - 1,
		.object = container->type == JSON_OBJECT,
	};
}

bool json_next(struct json_walk *w, struct json *key, struct json *value)
{
	struct json_scanner s = {.end = w->end};
	const char *p = json_skip_space(w->pos, w->end);

	if (p == w->end)
		return false;
	if (*p == ',')
		p++;
	if (w->object)
		p = json_scan_key(&s, p, key);
	if (p)
		p = json_scan_value(&s, p, value);
	if (!p)
		return false;
	w->pos = p;
	return true;
}
