#include "test.h"

#include "job/json.h"

static struct arena arena;

static struct json string(struct slice text)
{
	struct json s = {0};

	if (json_parse(&s, text, NULL) < 0)
		s.span = SLICE("\"(not a string)\"");
	return s;
}

static struct slice decoded(struct slice text)
{
	struct json s = string(text);

	return json_string(&s, &arena);
}

static const char *written(struct slice s)
{
	static struct strbuf out;

	strbuf_clear(&out);
	json_write_string(&out, s);
	return out.ptr;
}

TEST(a_string_without_escapes_is_not_copied)
{
	struct slice text = SLICE("\"caf\xc3\xa9\"");

	CHECK(decoded(text).ptr == text.ptr + 1);
	CHECK_INT(decoded(SLICE("\"\"")).len, 0);
	CHECK_INT(arena.total, 0);
}

TEST(escapes_are_decoded)
{
	CHECK_SLICE(decoded(SLICE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")), SLICE("\"\\/\b\f\n\r\t"));
	CHECK_SLICE(decoded(SLICE("\"a\\u0000b\"")), SLICE("a\0b"));
	CHECK_SLICE(decoded(SLICE("\"\\u00e9\\u20AC\\ud83d\\ude00\"")),
		    SLICE("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
}

TEST(a_lone_surrogate_becomes_the_replacement_character)
{
	CHECK_SLICE(decoded(SLICE("\"\\ud800\"")), SLICE("\xef\xbf\xbd"));
	CHECK_SLICE(decoded(SLICE("\"\\udc00x\"")), SLICE("\xef\xbf\xbdx"));
	CHECK_SLICE(decoded(SLICE("\"\\ud800\\u0041\"")), SLICE("\xef\xbf\xbd\x41"));
	CHECK_SLICE(decoded(SLICE("\"\\ud83d\\ud83d\\ude00\"")),
		    SLICE("\xef\xbf\xbd\xf0\x9f\x98\x80"));
}

TEST(each_byte_that_is_no_utf8_becomes_a_replacement_character)
{
	CHECK_SLICE(decoded(SLICE("\"\xff\"")), SLICE("\xef\xbf\xbd"));
	CHECK_SLICE(decoded(SLICE("\"\xed\xa0\x80\"")),
		    SLICE("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
	CHECK_SLICE(decoded(SLICE("\"\xe2\x82\"")), SLICE("\xef\xbf\xbd\xef\xbf\xbd"));
	CHECK_SLICE(decoded(SLICE("\"\xc0\x80\"")), SLICE("\xef\xbf\xbd\xef\xbf\xbd"));
	CHECK_SLICE(decoded(SLICE("\"\xf4\x90\x80\x80\"")),
		    SLICE("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
}

TEST(bad_bytes_stay_when_asked_for_raw)
{
	struct json s = string(SLICE("\"\xff\\n\xfe\""));

	CHECK_SLICE(json_string_raw(&s, &arena), SLICE("\xff\n\xfe"));
}

TEST(strings_are_compared_by_their_characters)
{
	struct json escaped = string(SLICE("\"\\u006eame\\n\""));
	struct json bad = string(SLICE("\"a\xff\""));

	CHECK(json_string_is(&escaped, SLICE("name\n")));
	CHECK(!json_string_is(&escaped, SLICE("name")));
	CHECK(!json_string_is(&escaped, SLICE("name\nx")));
	CHECK(json_string_is(&bad, SLICE("a\xef\xbf\xbd")));
	CHECK(!json_string_is(&bad, SLICE("a\xff")));
}

TEST(decoding_without_memory_yields_nothing)
{
	struct arena full = {.limit = 16};
	struct json s = string(SLICE("\"a long text with an escape\\n\""));

	CHECK(json_string(&s, &full).ptr == NULL);
	arena_free(&full);
}

TEST(strings_are_written_with_gos_escapes_only)
{
	CHECK_STR(written(SLICE("a\"b\\c/d")), "\"a\\\"b\\\\c/d\"");
	CHECK_STR(written(SLICE("\n\r\t\b\f\x01\x1f\x7f")),
		  "\"\\n\\r\\t\\u0008\\u000c\\u0001\\u001f\x7f\"");
	CHECK_STR(written(SLICE("<a>&")), "\"\\u003ca\\u003e\\u0026\"");
	CHECK_STR(written(SLICE("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa")),
		  "\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xaa\"");
	CHECK_STR(written(SLICE("\0x")), "\"\\u0000x\"");
	CHECK_STR(written(SLICE("\xf0\x9f\x98\x80\xef\xbf\xbd")),
		  "\"\xf0\x9f\x98\x80\xef\xbf\xbd\"");
	CHECK_STR(written((struct slice){0}), "\"\"");
}

TEST(bad_bytes_are_written_as_the_escape_one_for_each)
{
	CHECK_STR(written(SLICE("a\xff\xe2\x82z")), "\"a\\ufffd\\ufffd\\ufffdz\"");
}
