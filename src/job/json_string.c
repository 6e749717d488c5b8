/* JSON's strings: read as Go reads them, written as Go writes them (wire-format.md §3). */
#include "job/json.h"
#include "job/plain.h"
#include "job/utf8.h"

static unsigned read_hex4(const char *p)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)p[i];

		value = value * 16 + (c <= '9' ? c - (unsigned)'0' : (c | 0x20u) - 'a' + 10);
	}
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
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

/* A checked string on its way to its characters. */
struct decoder {
	const char *p, *end;
	bool keep_bad; /* bytes that are no UTF-8 stay */
	char small[4];
};

static struct decoder decoder_of(const struct json *s, bool keep_bad)
{
	return (struct decoder){
		.p = s->span.ptr + 1,
		.end = s->span.ptr + s->span.len - 1,
		.keep_bad = keep_bad,
	};
}

static struct slice decode_escape(struct decoder *d)
{
	size_t len = 1;

	d->p++;
	if (*d->p == 'u')
		len = utf8_encode(read_unicode_escape(&d->p, d->end), d->small);
	else
		d->small[0] = simple_escape(*d->p++);
	return slice_n(d->small, len);
}

/* The next run of characters: from the text, or up to four bytes of the decoder's own. Empty at
 * the end. */
static struct slice decode_run(struct decoder *d)
{
	const char *start = d->p;
	size_t len;

	d->p = plain_skip(start, d->end);
	if (d->p > start || d->p == d->end)
		return slice_n(start, (size_t)(d->p - start));
	if (*d->p == '\\')
		return decode_escape(d);
	len = utf8_length(d->p, (size_t)(d->end - d->p));
	if (len == 0 && !d->keep_bad) {
		d->p++;
		return slice_n(d->small, utf8_encode(UTF8_REPLACEMENT, d->small));
	}
	d->p += len ? len : 1;
	return slice_n(start, (size_t)(d->p - start));
}

/* Whether a string's characters are its text. */
static bool is_verbatim(const struct json *s, bool keep_bad)
{
	return !s->escaped && (keep_bad || !s->bad_utf8);
}

static struct slice inner(const struct json *s)
{
	return slice_n(s->span.ptr + 1, s->span.len - 2);
}

static struct slice decode(const struct json *s, struct arena *a, bool keep_bad)
{
	struct decoder d = decoder_of(s, keep_bad);
	/* Escapes shrink; one bad byte becomes the three of U+FFFD. */
	char *out = arena_alloc(a, inner(s).len * (s->bad_utf8 && !keep_bad ? 3 : 1)), *at = out;
	struct slice run;

	if (!out)
		return (struct slice){0};
	for (; (run = decode_run(&d)).len > 0; at += run.len)
		memcpy(at, run.ptr, run.len);
	return slice_n(out, (size_t)(at - out));
}

struct slice json_string(const struct json *s, struct arena *a)
{
	return is_verbatim(s, false) ? inner(s) : decode(s, a, false);
}

struct slice json_string_raw(const struct json *s, struct arena *a)
{
	return is_verbatim(s, true) ? inner(s) : decode(s, a, true);
}

bool json_string_is(const struct json *s, struct slice text)
{
	struct decoder d = decoder_of(s, false);
	struct slice run;

	if (is_verbatim(s, false))
		return slice_equal(inner(s), text);
	while ((run = decode_run(&d)).len > 0) {
		if (!slice_begins(text, run))
			return false;
		text = slice_n(text.ptr + run.len, text.len - run.len);
	}
	return text.len == 0;
}

static void write_unicode_escape(struct strbuf *out, unsigned c)
{
	static const char hex[] = "0123456789abcdef";
	char text[] = {'\\',	   'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15],
		       hex[c & 15]};

	strbuf_append(out, text, sizeof(text));
}

/* Go 1.22 and later spell \b and \f so; the layout's spelling is that of Go before. */
static void write_ascii_escape(struct strbuf *out, unsigned char c)
{
	switch (c) {
	case '"':
		strbuf_append(out, "\\\"", 2);
		break;
	case '\\':
		strbuf_append(out, "\\\\", 2);
		break;
	case '\n':
		strbuf_append(out, "\\n", 2);
		break;
	case '\r':
		strbuf_append(out, "\\r", 2);
		break;
	case '\t':
		strbuf_append(out, "\\t", 2);
		break;
	default:
		write_unicode_escape(out, c);
	}
}

static bool stands_for_itself(char c)
{
	return plain_is(c) && c != '<' && c != '>' && c != '&';
}

/* One character beyond ASCII: as it is, but for the two line separators and what is no UTF-8. */
static size_t write_multibyte(struct strbuf *out, const char *p, size_t left)
{
	size_t len = utf8_length(p, left);

	if (len == 0) {
		write_unicode_escape(out, UTF8_REPLACEMENT);
		return 1;
	}
	if (len == 3 && memcmp(p, "\xe2\x80", 2) == 0 && (p[2] == '\xa8' || p[2] == '\xa9'))
		write_unicode_escape(out, p[2] == '\xa8' ? 0x2028 : 0x2029);
	else
		strbuf_append(out, p, len);
	return len;
}

void json_write_string(struct strbuf *out, struct slice s)
{
	size_t i = 0;

	strbuf_append_char(out, '"');
	while (i < s.len) {
		size_t start = i;

		while (i < s.len && stands_for_itself(s.ptr[i]))
			i++;
		strbuf_append(out, s.ptr + start, i - start);
		if (i == s.len)
			break;
		if ((unsigned char)s.ptr[i] < 0x80)
			write_ascii_escape(out, (unsigned char)s.ptr[i++]);
		else
			i += write_multibyte(out, s.ptr + i, s.len - i);
	}
	strbuf_append_char(out, '"');
}
