/* JSON's scalars: numbers read, strings and numbers written as Go writes them (wire-format.md §3).
 */
#include "base/error.h"
#include "base/parse.h"
#include "job/json.h"
#include "job/number.h"
#include "job/utf8.h"
#include <math.h>

bool json_int64(const struct json *n, int64_t *out)
{
	return parse_int64(n->span, out);
}

bool json_uint64(const struct json *n, uint64_t *out)
{
	return parse_uint64(n->span, out);
}

bool json_double(const struct json *n, double *out)
{
	int64_t whole;

	/* Up to 15 digits are exact; the sign of -0 is not an integer's. */
	if (n->span.len <= 15 && parse_int64(n->span, &whole) && whole != 0) {
		*out = (double)whole;
		return true;
	}
	return number_parse(n->span, out);
}

static void write_escape(struct strbuf *out, unsigned c)
{
	static const char hex[] = "0123456789abcdef";
	char text[] = {'\\',	   'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15],
		       hex[c & 15]};

	strbuf_append(out, text, sizeof(text));
}

static void write_special(struct strbuf *out, unsigned char c)
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
		write_escape(out, c);
	}
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

/* One character beyond ASCII: as it is, but for the two line separators and what is no UTF-8. */
static size_t write_multibyte(struct strbuf *out, const char *p, size_t left)
{
	size_t len = utf8_length(p, left);

	if (len == 0) {
		write_escape(out, UTF8_REPLACEMENT);
		return 1;
	}
	if (len == 3 && memcmp(p, "\xe2\x80", 2) == 0 && (p[2] == '\xa8' || p[2] == '\xa9'))
		write_escape(out, p[2] == '\xa8' ? 0x2028 : 0x2029);
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

		while (i < s.len && is_plain((unsigned char)s.ptr[i]))
			i++;
		strbuf_append(out, s.ptr + start, i - start);
		if (i == s.len)
			break;
		if ((unsigned char)s.ptr[i] < 0x80)
			write_special(out, (unsigned char)s.ptr[i++]);
		else
			i += write_multibyte(out, s.ptr + i, s.len - i);
	}
	strbuf_append_char(out, '"');
}

int json_write_double(struct strbuf *out, double d, cwork_error *err)
{
	if (!isfinite(d))
		return error_set(err, CWORK_E_BAD_JSON, "JSON has no %s",
				 isnan(d) ? "NaN" : "infinity");
	number_write_json(out, d);
	return 0;
}
