/*
 * Reading JSON: a strict scanner that finds spans and copies nothing. One loop
 * over a stack of bits, no recursion: a payload decides how deep it nests.
 */
#include "job/json.h"

#include "base/error.h"
#include "job/number.h"
#include "job/utf8.h"

#define DEPTH_BYTES ((JSON_MAX_DEPTH + 7) / 8)

static const char *skip_space(const char *p, const char *end)
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

static const char *scan_number(struct json_scanner *s, const char *p, struct json *out)
{
	const char *start = p;
	bool big = false;

	if (p < s->end && *p == '-')
		p++;
	if (!is_digit(p, s->end))
		return fail(s, p, "a digit is missing in a number");
	if (*p == '0')
		p++;
	else
		p = skip_digits(p, s->end);
	if (p < s->end && *p == '.') {
		if (!is_digit(p + 1, s->end))
			return fail(s, p, "no digit after a decimal point");
		p = skip_digits(p + 1, s->end);
	}
	if (p < s->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < s->end && (*p == '+' || *p == '-'))
			p++;
		if (!is_digit(p, s->end))
			return fail(s, p, "no digit in an exponent");
		p = skip_digits(p, s->end);
		big = true;
	}
	*out = (struct json){.type = JSON_NUMBER, .span = {start, (size_t)(p - start)}};
	if (s->doubles && (big || p - start > 300)) {
		double d;

		if (!json_double(out, &d))
			return fail(s, start, "a number is too large");
	}
	return p;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* P is behind the backslash. */
static const char *scan_escape(struct json_scanner *s, const char *p)
{
	if (p == s->end)
		return fail(s, p, "a string does not end");
	if (*p != 'u')
		return strchr("\"\\/bfnrt", *p) && *p ? p + 1
						      : fail(s, p, "bad escape in a string");
	for (int i = 1; i <= 4; i++)
		if (s->end - p <= i || hex_digit(p[i]) < 0)
			return fail(s, p, "bad \\u escape in a string");
	return p + 5;
}

static const char *scan_string(struct json_scanner *s, const char *p, struct json *out)
{
	const char *start = p++;
	bool escaped = false;

	for (;;) {
		unsigned char c;

		while (p < s->end && (c = (unsigned char)*p) >= 0x20 && c < 0x80 && c != '"' &&
		       c != '\\')
			p++;
		if (p == s->end)
			return fail(s, p, "a string does not end");
		c = (unsigned char)*p;
		if (c == '"')
			break;
		if (c < 0x20)
			return fail(s, p, "a control character in a string");
		if (c == '\\') {
			escaped = true;
			p = scan_escape(s, p + 1);
			if (!p)
				return NULL;
		} else {
			size_t len = utf8_length(p, (size_t)(s->end - p));

			escaped |= len == 0;
			p += len ? len : 1;
		}
	}
	p++;
	*out = (struct json){JSON_STRING, {start, (size_t)(p - start)}, escaped};
	return p;
}

static const char *scan_word(struct json_scanner *s, const char *p, const char *word,
			     enum json_type type, struct json *out)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - p) < len || memcmp(p, word, len) != 0)
		return fail(s, p, "a value can't begin like this");
	*out = (struct json){.type = type, .span = {p, len}};
	return p + len;
}

static const char *scan_scalar(struct json_scanner *s, const char *p, struct json *out)
{
	if (p == s->end)
		return fail(s, p, "unexpected end");
	switch (*p) {
	case '"':
		return scan_string(s, p, out);
	case 't':
		return scan_word(s, p, "true", JSON_BOOL, out);
	case 'f':
		return scan_word(s, p, "false", JSON_BOOL, out);
	case 'n':
		return scan_word(s, p, "null", JSON_NULL, out);
	default:
		if (*p == '-' || is_digit(p, s->end))
			return scan_number(s, p, out);
		return fail(s, p, "a value can't begin like this");
	}
}

/* The open containers, a bit each: 1 for an object. */
struct nesting {
	unsigned depth;
	unsigned char objects[DEPTH_BYTES];
};

static void nesting_push(struct nesting *n, bool object)
{
	unsigned char bit = (unsigned char)(1u << (n->depth % 8));

	if (object)
		n->objects[n->depth / 8] |= bit;
	else
		n->objects[n->depth / 8] &= (unsigned char)~bit;
	n->depth++;
}

static bool in_object(const struct nesting *n)
{
	unsigned at = n->depth - 1;

	return n->objects[at / 8] >> (at % 8) & 1;
}

const char *json_scan_key(struct json_scanner *s, const char *p, struct json *key)
{
	p = skip_space(p, s->end);
	if (p == s->end)
		return fail(s, p, "unexpected end");
	if (*p != '"')
		return fail(s, p, "a member's name must be a string");
	p = scan_string(s, p, key);
	if (!p)
		return NULL;
	p = skip_space(p, s->end);
	if (p == s->end || *p != ':')
		return fail(s, p, "no colon after a member's name");
	return skip_space(p + 1, s->end);
}

/*
 * Behind a value inside containers: close what closes, and go to the next
 * value's beginning, or to the outermost end (depth 0).
 */
static const char *after_value(struct json_scanner *s, const char *p, struct nesting *n)
{
	struct json key;

	while (n->depth > 0) {
		bool object = in_object(n);

		p = skip_space(p, s->end);
		if (p == s->end)
			return fail(s, p, "unexpected end");
		if (*p == ',')
			return object ? json_scan_key(s, p + 1, &key) : skip_space(p + 1, s->end);
		if (*p != (object ? '}' : ']'))
			return fail(s, p,
				    object ? "no comma or } after a member"
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
	bool object = *p == '{';
	struct json key;

	if (n->depth == JSON_MAX_DEPTH)
		return fail(s, p, "nested too deep");
	p = skip_space(p + 1, s->end);
	*empty = p < s->end && *p == (object ? '}' : ']');
	if (*empty)
		return p + 1;
	nesting_push(n, object);
	return object ? json_scan_key(s, p, &key) : p;
}

static const char *scan_container(struct json_scanner *s, const char *start, struct json *out)
{
	struct nesting n;
	const char *p = start;
	struct json value;

	n.depth = 0;
	do {
		bool empty = true;

		if (p < s->end && (*p == '{' || *p == '[')) {
			p = open_container(s, p, &n, &empty);
			if (!p)
				return NULL;
			if (!empty)
				continue;
		} else {
			p = scan_scalar(s, p, &value);
			if (!p)
				return NULL;
		}
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
	p = skip_space(p, s->end);
	if (p < s->end && (*p == '{' || *p == '['))
		return scan_container(s, p, out);
	return scan_scalar(s, p, out);
}

int json_scan_error(const struct json_scanner *s, struct slice text, cwork_error *err)
{
	return error_set(err, CWORK_E_BAD_JSON, "invalid JSON at byte %zu: %s",
			 (size_t)(s->error_at - text.ptr), s->error);
}

int json_parse(struct json *out, struct slice text, cwork_error *err)
{
	struct json_scanner s = {.end = text.ptr + text.len};
	const char *p =
		text.len ? json_scan_value(&s, text.ptr, out) : fail(&s, text.ptr, "nothing");

	if (p) {
		p = skip_space(p, s.end);
		if (p == s.end)
			return 0;
		fail(&s, p, "something behind the value");
	}
	return json_scan_error(&s, text, err);
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
	const char *p = skip_space(w->pos, w->end);

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

static unsigned read_hex4(const char *p)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++)
		value = value * 16 + (unsigned)hex_digit(p[i]);
	return value;
}

/* One \u escape, or two that make a pair; *P is at the u and moves behind. A lone surrogate is
 * U+FFFD. */
static uint32_t read_unicode_escape(const char **p, const char *end)
{
	uint32_t high = read_hex4(*p + 1), low;

	*p += 5;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return UTF8_REPLACEMENT;
	low = read_hex4(*p + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return UTF8_REPLACEMENT;
	*p += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static char simple_escape(char c)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *at = strchr(from, c);

	return at ? to[at - from] : c;
}

/* Decode the characters between the quotes to OUT, which has three times the room. */
static size_t decode(const char *p, const char *end, char *out)
{
	char *at = out;

	while (p < end) {
		size_t len;

		if (*p == '\\') {
			p++;
			if (*p == 'u')
				at += utf8_encode(read_unicode_escape(&p, end), at);
			else
				*at++ = simple_escape(*p++);
			continue;
		}
		len = utf8_length(p, (size_t)(end - p));
		if (len == 0) {
			at += utf8_encode(UTF8_REPLACEMENT, at);
			p++;
		} else {
			memcpy(at, p, len);
			at += len;
			p += len;
		}
	}
	return (size_t)(at - out);
}

struct slice json_string(const struct json *s, struct arena *a)
{
	struct slice inner = {s->span.ptr + 1, s->span.len - 2};
	char *out;

	if (!s->escaped)
		return inner;
	out = arena_alloc(a, inner.len * 3 + 1);
	if (!out)
		return (struct slice){0};
	return slice_n(out, decode(inner.ptr, inner.ptr + inner.len, out));
}

bool json_string_is(const struct json *s, struct slice text)
{
	struct arena a = {0};
	bool same;

	if (!s->escaped)
		return slice_equal((struct slice){s->span.ptr + 1, s->span.len - 2}, text);
	same = slice_equal(json_string(s, &a), text);
	arena_free(&a);
	return same;
}
