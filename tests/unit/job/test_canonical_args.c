#include "test.h"

#include "job/canonical.h"
#include <math.h>

static struct strbuf out;
static cwork_error error;

static const char *written(cwork_args args)
{
	strbuf_clear(&out);
	error = (cwork_error){0};
	return canonical_args(&out, &args, &error) < 0 ? error.text : out.ptr;
}

TEST(no_arguments_are_null_and_an_empty_list_is_an_empty_object)
{
	CHECK_STR(written(CWORK_NO_ARGS), "null");
	CHECK_STR(written(CWORK_ARGS()), "{}");
	CHECK_STR(written(cwork_args_json(NULL)), "null");
	CHECK_STR(written(cwork_args_json("null")), "null");
	CHECK_STR(written(cwork_args_json(" { } ")), "{}");
}

TEST(members_of_every_type_are_written_sorted)
{
	CHECK_STR(written(CWORK_ARGS(
			  cwork_str("s", "<x>"), cwork_strn("n", "a\0b", 3),
			  cwork_int("i", INT64_MIN), cwork_uint("u", UINT64_MAX),
			  cwork_double("d", 1.50), cwork_bool("t", true), cwork_bool("f", false),
			  cwork_null("z"),
			  cwork_json("j", "{ \"b\" : [1.0] , \"a\" : 9007199254740993 }"))),
		  "{\"d\":1.5,\"f\":false,\"i\":-9223372036854775808,"
		  "\"j\":{\"a\":9007199254740993,\"b\":[1]},\"n\":\"a\\u0000b\",\"s\":"
		  "\"\\u003cx\\u003e\","
		  "\"t\":true,\"u\":18446744073709551615,\"z\":null}");
}

TEST(text_that_is_null_is_written_as_null)
{
	CHECK_STR(written(CWORK_ARGS(cwork_str("a", NULL), cwork_json("b", NULL))),
		  "{\"a\":null,\"b\":null}");
}

TEST(bytes_that_are_no_utf8_become_the_escape)
{
	CHECK_STR(written(CWORK_ARGS(cwork_str("a", "\xff"))), "{\"a\":\"\\ufffd\"}");
	CHECK_STR(written(cwork_args_json("{\"a\":\"\xff\"}")), "{\"a\":\"\\ufffd\"}");
}

TEST(the_last_of_equal_keys_counts_also_among_many)
{
	cwork_arg items[40];

	CHECK_STR(written(CWORK_ARGS(cwork_int("a", 1), cwork_int("b", 2), cwork_int("a", 3))),
		  "{\"a\":3,\"b\":2}");
	for (int i = 0; i < 40; i++)
		items[i] = cwork_int(i % 2 ? "a" : "b", i);
	CHECK_STR(written(cwork_args_items(items, 40)), "{\"a\":39,\"b\":38}");
}

TEST(a_refused_argument_is_named)
{
	CHECK_STR(written(CWORK_ARGS(cwork_int("a", 1), cwork_double("x", NAN))),
		  "argument x: JSON has no NaN");
	CHECK_INT(error.code, CWORK_E_BAD_JSON);
	CHECK_INT(out.len, 0);
	CHECK_STR(written(CWORK_ARGS(cwork_json("x", "[1,"))),
		  "argument x: invalid JSON at byte 3: unexpected end");
	CHECK_STR(written(CWORK_ARGS(cwork_json("x", "1e400"))),
		  "argument x: invalid JSON at byte 0: a number is too large");
	CHECK_STR(written(CWORK_ARGS(cwork_int(NULL, 1))), "argument 1 has no name");
	CHECK_INT(error.code, CWORK_E_INVALID);
}

TEST(only_an_object_or_null_can_be_the_arguments)
{
	CHECK_STR(written(cwork_args_json("[1]")), "the arguments are not a JSON object");
	CHECK_INT(error.code, CWORK_E_BAD_JSON);
	CHECK_INT(out.len, 0);
	CHECK_STR(written(cwork_args_json("\"n\"")), "the arguments are not a JSON object");
	CHECK_STR(written(cwork_args_json("")), "invalid JSON at byte 0: unexpected end");
}

TEST(text_needs_no_terminator)
{
	CHECK_STR(written(cwork_args_jsonn("{\"a\":1}garbage", 7)), "{\"a\":1}");
}

static const char *nested(struct strbuf *b, int depth)
{
	strbuf_clear(b);
	for (int i = 0; i < depth; i++)
		strbuf_append_char(b, '[');
	for (int i = 0; i < depth; i++)
		strbuf_append_char(b, ']');
	return b->ptr;
}

TEST(a_json_member_nests_998_levels)
{
	own_by(strbuf_freep) struct strbuf text = {0};
	cwork_args args = CWORK_ARGS(cwork_json("a", nested(&text, 998)));

	strbuf_clear(&out);
	CHECK_INT(canonical_args(&out, &args, NULL), 0);
	args = CWORK_ARGS(cwork_json("a", nested(&text, 999)));
	CHECK_INT(canonical_args(&out, &args, NULL), CWORK_E_BAD_JSON);
}
