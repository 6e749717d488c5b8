/*
 * Any bytes as JSON to be written canonically. What must hold: the result is
 * JSON, is its own canonical form, has no spaces and no bytes that aren't UTF-8;
 * both ways to count numbers agree on what is JSON; the walk over the members
 * finds what the writer wrote; an object is what an enqueuer accepts as args.
 */
#include "job/args.h"
#include "job/canonical.h"
#include "job/go_value.h"
#include "job/json.h"
#include "job/utf8.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void require_utf8(struct slice s)
{
	for (size_t i = 0; i < s.len;) {
		size_t len = utf8_length(s.ptr + i, s.len - i);

		require(len > 0 && (unsigned char)s.ptr[i] >= 0x20);
		i += len;
	}
}

/* Maybe: keys of different bad bytes are different, but written as the same escape. */
static bool has_bad_keys(struct slice s)
{
	return memmem(s.ptr, s.len, "\\ufffd", 6) != NULL;
}

/* The double -0, which reads as the integer 0 where integers count. */
static bool has_minus_zero(struct slice s)
{
	for (size_t i = 0; i + 1 < s.len; i++)
		if (s.ptr[i] == '-' && s.ptr[i + 1] == '0' &&
		    (i + 2 == s.len || s.ptr[i + 2] != '.'))
			return true;
	return false;
}

static void require_canonical(struct slice once, enum canonical_numbers numbers)
{
	own_by(strbuf_freep) struct strbuf twice = {0};

	require_utf8(once);
	require(canonical_write(&twice, once, numbers, CANONICAL_ESCAPE_BAD_UTF8, NULL) == 0);
	if (!has_bad_keys(once) && !(numbers == CANONICAL_TYPED && has_minus_zero(once)))
		require(slice_equal(once, strbuf_slice(&twice)));
}

/* Every member of canonical args is found, with its value as it stands. */
static void check_members(struct slice args)
{
	struct json object = {.type = JSON_OBJECT, .span = args}, key, value, found;
	struct json_walk walk = json_walk(&object);
	struct arena arena = {0};

	for (int i = 0; i < 50 && json_next(&walk, &key, &value); i++) {
		struct slice name = json_string(&key, &arena);

		require(json_string_is(&key, name) && args_find(args, name, &found));
		require(slice_equal(found.span, value.span));
	}
	arena_free(&arena);
}

static void check_printing(const struct json *value)
{
	own_by(strbuf_freep) struct strbuf text = {0};

	require(go_value_write(&text, value, true) == 0);
	require(go_value_type(value, true) != NULL);
}

static bool check(struct slice text, enum canonical_numbers numbers, enum canonical_bad_utf8 bad)
{
	own_by(strbuf_freep) struct strbuf out = {0};
	cwork_error err = {0};
	struct json value;
	int r = canonical_write(&out, text, numbers, bad, &err);

	if (r < 0) {
		require(r == CWORK_E_BAD_JSON && err.text[0] && out.len == 0);
		return false;
	}
	require_canonical(strbuf_slice(&out), numbers);
	require(json_parse(&value, strbuf_slice(&out), NULL) == 0);
	require(value.span.len == out.len);
	if (value.type == JSON_OBJECT && !has_bad_keys(value.span))
		check_members(value.span);
	check_printing(&value);
	return true;
}

static void check_as_args(struct slice text)
{
	own_by(strbuf_freep) struct strbuf args = {0}, same = {0};
	cwork_args given = cwork_args_jsonn(text.ptr, text.len);

	if (canonical_args(&args, &given, NULL) < 0)
		return;
	require(canonical_write(&same, text, CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8, NULL) ==
		0);
	require(slice_equal(strbuf_slice(&args), strbuf_slice(&same)));
	require(args.ptr[0] == '{' || slice_equal(strbuf_slice(&args), SLICE("null")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	bool typed = check(text, CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8);

	require(check(text, CANONICAL_TYPED, CANONICAL_REPLACE_BAD_UTF8) == typed);
	/* What Redis holds may nest deeper than what may be written. */
	require(check(text, CANONICAL_FLOAT64, CANONICAL_REPLACE_BAD_UTF8) || !typed);
	if (size)
		check_as_args(text);
	return 0;
}
