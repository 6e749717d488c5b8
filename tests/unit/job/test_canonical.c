#include "test.h"

#include "job/canonical.h"
#include <time.h>

static struct strbuf out;
static cwork_error error;

static int write(struct slice text, enum canonical_numbers numbers, enum canonical_bad_utf8 bad)
{
	strbuf_clear(&out);
	error = (cwork_error){0};
	return canonical_write(&out, text, numbers, bad, &error);
}

static const char *native(const char *text)
{
	int r = write(slice_of(text), CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8);

	return r < 0 ? error.text : out.ptr;
}

static const char *stored(const char *text)
{
	int r = write(slice_of(text), CANONICAL_FLOAT64, CANONICAL_REPLACE_BAD_UTF8);

	return r < 0 ? error.text : out.ptr;
}

TEST(members_are_sorted_by_the_bytes_of_their_keys_at_every_level)
{
	CHECK_STR(native("{ \"b\" : 1 , \"a\" : { \"z\" : [ ] , \"y\" : { } } }"),
		  "{\"a\":{\"y\":{},\"z\":[]},\"b\":1}");
	CHECK_STR(native("{\"ab\":1,\"a\":2,\"\":3,\"B\":4,\"a b\":5}"),
		  "{\"\":3,\"B\":4,\"a\":2,\"a b\":5,\"ab\":1}");
	/* By UTF-8, not by UTF-16, where U+1F600 would come before U+FFEE. */
	CHECK_STR(native("{\"\\ud83d\\ude00\":1,\"\\uffee\":2}"),
		  "{\"\xef\xbf\xae\":2,\"\xf0\x9f\x98\x80\":1}");
	/* Before escaping: < is below =, whatever it is written as. */
	CHECK_STR(native("{\"=\":1,\"<\":2}"), "{\"\\u003c\":2,\"=\":1}");
}

TEST(the_last_of_equal_keys_counts_at_every_level)
{
	CHECK_STR(native("{\"a\":1,\"b\":2,\"\\u0061\":{\"c\":1,\"c\":2}}"),
		  "{\"a\":{\"c\":2},\"b\":2}");
	CHECK_STR(native("{\"a\":1,\"a\":2,\"a\":3}"), "{\"a\":3}");
}

TEST(arrays_keep_their_order)
{
	CHECK_STR(native("[ 3 , 1 , null , [ 2 ] , true ]"), "[3,1,null,[2],true]");
}

TEST(native_integers_are_exact)
{
	CHECK_STR(native("[9007199254740993,-9223372036854775808,18446744073709551615]"),
		  "[9007199254740993,-9223372036854775808,18446744073709551615]");
	CHECK_STR(native("[18446744073709551616,1.0,1e2,-0,-0.0]"),
		  "[18446744073709552000,1,100,0,-0]");
}

TEST(stored_integers_go_through_a_double)
{
	CHECK_STR(stored("[9007199254740993,9223372036854775807,-0,12]"),
		  "[9007199254740992,9223372036854776000,-0,12]");
}

TEST(a_native_bad_byte_is_the_escape_and_a_stored_one_the_character)
{
	CHECK_STR(native("\"\xff\\n\""), "\"\\ufffd\\n\"");
	CHECK_STR(stored("\"\xff\\n\""), "\"\xef\xbf\xbd\\n\"");
}

TEST(native_keys_of_different_bad_bytes_are_different_keys)
{
	CHECK_STR(native("{\"\xff\":1,\"\xfe\":2}"), "{\"\\ufffd\":2,\"\\ufffd\":1}");
	CHECK_STR(stored("{\"\xff\":1,\"\xfe\":2}"), "{\"\xef\xbf\xbd\":2}");
}

TEST(lone_surrogates_are_never_written)
{
	CHECK_STR(native("\"\\ud800\""), "\"\xef\xbf\xbd\"");
}

TEST(numbers_beyond_a_double_are_refused)
{
	CHECK_STR(native("{\"a\":1e400}"), "invalid JSON at byte 5: a number is too large");
	CHECK_STR(stored("[-1e309]"), "invalid JSON at byte 1: a number is too large");
	CHECK_INT(write(SLICE("1e400"), CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8),
		  CWORK_E_BAD_JSON);
}

TEST(a_refused_text_leaves_what_was_written_before)
{
	strbuf_clear(&out);
	strbuf_append_str(&out, "before");
	CHECK_INT(canonical_write(&out, SLICE("[1,2"), CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8,
				  NULL),
		  CWORK_E_BAD_JSON);
	CHECK_STR(out.ptr, "before");
}

static struct slice nested(struct strbuf *b, size_t depth)
{
	strbuf_clear(b);
	for (size_t i = 0; i < depth; i++)
		strbuf_append_str(b, "{\"a\":");
	strbuf_append_char(b, '1');
	for (size_t i = 0; i < depth; i++)
		strbuf_append_char(b, '}');
	return strbuf_slice(b);
}

TEST(what_is_to_be_written_nests_998_levels_within_args)
{
	own_by(strbuf_freep) struct strbuf text = {0};

	CHECK_INT(write(nested(&text, 999), CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8), 0);
	CHECK_SLICE(strbuf_slice(&out), strbuf_slice(&text));
	CHECK_INT(write(nested(&text, 1000), CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8),
		  CWORK_E_BAD_JSON);
}

TEST(what_is_stored_nests_as_deep_as_it_was_read)
{
	own_by(strbuf_freep) struct strbuf text = {0};

	CHECK_INT(write(nested(&text, 9999), CANONICAL_FLOAT64, CANONICAL_REPLACE_BAD_UTF8), 0);
	CHECK_SLICE(strbuf_slice(&out), strbuf_slice(&text));
}

static int64_t cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Of members in the worst order for a naive sort. */
static struct slice large_object(struct strbuf *b, int members)
{
	strbuf_append_char(b, '{');
	for (int i = members; i > 0; i--)
		strbuf_printf(b, "\"k%06d\":%d%s", i, i, i > 1 ? "," : "}");
	return strbuf_slice(b);
}

TEST(an_object_of_100000_members_takes_no_square_time)
{
	own_by(strbuf_freep) struct strbuf text = {0};
	int64_t before;

	large_object(&text, 100000);
	before = cpu_ms();
	CHECK_INT(write(strbuf_slice(&text), CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8), 0);
	CHECK(cpu_ms() - before < 5000);
	CHECK_INT(out.len, text.len);
	CHECK(slice_begins(strbuf_slice(&out), SLICE("{\"k000001\":1,\"k000002\":2,")));
}

TEST(a_large_value_deep_inside_is_not_read_once_for_each_level)
{
	own_by(strbuf_freep) struct strbuf text = {0};
	int64_t before;

	for (int i = 0; i < 990; i++)
		strbuf_append_char(&text, '[');
	large_object(&text, 30000);
	for (int i = 0; i < 990; i++)
		strbuf_append_char(&text, ']');
	before = cpu_ms();
	CHECK_INT(write(strbuf_slice(&text), CANONICAL_TYPED, CANONICAL_ESCAPE_BAD_UTF8), 0);
	CHECK(cpu_ms() - before < 5000);
}

TEST(a_buffer_that_is_too_small_is_told_apart_by_its_failure)
{
	own_by(strbuf_freep) struct strbuf small = {.max = 10};

	CHECK_INT(canonical_write(&small, SLICE("\"0123456789\""), CANONICAL_TYPED,
				  CANONICAL_ESCAPE_BAD_UTF8, NULL),
		  CWORK_E_NOMEM);
	CHECK(small.failed);
}
