#include "test.h"

#include "job/envelope.h"

static struct arena arena;
static struct envelope job;
static cwork_error error;

static int read(struct slice raw)
{
	arena_reset(&arena);
	error = (cwork_error){0};
	return envelope_read(&job, &arena, raw, &error);
}

static int read_str(const char *raw)
{
	return read(slice_of(raw));
}

TEST(a_job_is_read_without_a_copy)
{
	struct slice raw =
		SLICE("{\"name\":\"foo\",\"id\":\"a1b2c3d4e5f60718293a4b5c\",\"t\":1425263409,"
		      "\"args\":{\"a\": 1}}");

	arena_free(&arena);
	CHECK_INT(read(raw), 0);
	CHECK_SLICE(job.name, SLICE("foo"));
	CHECK(job.name.ptr == raw.ptr + 9);
	CHECK_SLICE(job.id, SLICE("a1b2c3d4e5f60718293a4b5c"));
	CHECK_INT(job.t, 1425263409);
	CHECK_SLICE(job.t_span, SLICE("1425263409"));
	CHECK_SLICE(job.args, SLICE("{\"a\": 1}"));
	CHECK(!job.unique && !job.ambiguous);
	CHECK(job.unknown.ptr == NULL);
	CHECK_INT(arena.total, 0);
}

TEST(every_member_is_read_in_any_order)
{
	CHECK_INT(read_str(" {\"failed_at\":3,\"err\":\"e\\n\",\"fails\":-2,\"unique_key\":\"k\","
			   "\"unique\":"
			   "true,\"args\":null,\"t\":-1,\"id\":\"x\",\"name\":\"n\"} "),
		  0);
	CHECK_SLICE(job.name, SLICE("n"));
	CHECK_SLICE(job.id, SLICE("x"));
	CHECK_INT(job.t, -1);
	CHECK(job.args.ptr == NULL);
	CHECK(job.unique);
	CHECK_SLICE(job.unique_key, SLICE("k"));
	CHECK_INT(job.fails, -2);
	CHECK_SLICE(job.err, SLICE("e\n"));
	CHECK_INT(job.failed_at, 3);
}

TEST(null_members_and_null_itself_leave_zero_values)
{
	CHECK_INT(read_str("{\"name\":null,\"id\":null,\"t\":null,\"args\":null,\"unique\":null,"
			   "\"unique_key\":null,\"fails\":null,\"err\":null,\"failed_at\":null}"),
		  0);
	CHECK_INT(job.name.len, 0);
	CHECK_INT(job.t, 0);
	CHECK(!job.unique);
	CHECK_INT(read_str(" null "), 0);
	CHECK_INT(job.name.len, 0);
	CHECK_INT(read_str("{}"), 0);
}

TEST(members_are_found_whatever_their_case)
{
	CHECK_INT(read_str("{\"NAME\":\"n\",\"Id\":\"x\",\"T\":1,\"ARGS\":{},\"Failed_At\":2}"), 0);
	CHECK_SLICE(job.name, SLICE("n"));
	CHECK_INT(job.t, 1);
	CHECK_INT(job.failed_at, 2);
	CHECK(!job.ambiguous);
}

/* As Go folds: the long s (U+017F) and the Kelvin sign (U+212A). */
TEST(the_long_s_is_an_s_and_the_kelvin_sign_a_k)
{
	CHECK_INT(read_str("{\"arg\xc5\xbf\":{\"a\":1},\"FAIL\xc5\xbf\":2,\"unique_\xe2\x84\xaa"
			   "ey\":\"k\"}"),
		  0);
	CHECK_SLICE(job.args, SLICE("{\"a\":1}"));
	CHECK_INT(job.fails, 2);
	CHECK_SLICE(job.unique_key, SLICE("k"));
}

TEST(names_are_matched_after_decoding)
{
	CHECK_INT(read_str("{\"\\u006eame\":\"n\",\"\\u0054\":5,\"arg\\u017f\":{}}"), 0);
	CHECK_SLICE(job.name, SLICE("n"));
	CHECK_INT(job.t, 5);
	CHECK_SLICE(job.args, SLICE("{}"));
}

TEST(a_name_that_only_looks_alike_is_an_unknown_member)
{
	CHECK_INT(
		read_str("{\"\xc5\xbft\":1,\"name \":2,\"failed-at\":3,\"unique_keyy\":4,\"\":5}"),
		0);
	CHECK_INT(job.t, 0);
	CHECK_SLICE(job.unknown,
		    SLICE(",\"\xc5\xbft\":1,\"name \":2,\"failed-at\":3,\"unique_keyy\":4,"
			  "\"\":5"));
}

TEST(a_member_that_occurs_twice_makes_the_job_ambiguous)
{
	CHECK_INT(read_str("{\"name\":\"a\",\"Name\":\"b\"}"), 0);
	CHECK(job.ambiguous);
	CHECK_SLICE(job.name, SLICE("b"));
	CHECK_INT(read_str("{\"t\":1,\"t\":null}"), 0);
	CHECK(job.ambiguous);
	CHECK_INT(job.t, 1);
	CHECK_INT(read_str("{\"x\":1,\"x\":2}"), 0);
	CHECK(!job.ambiguous);
}

TEST(args_objects_are_merged_until_a_null_takes_them_back)
{
	CHECK_INT(read_str("{\"args\":{\"a\":1},\"args\":{ },\"ARGS\":{\"b\":2}}"), 0);
	CHECK_SLICE(job.args, SLICE("{\"a\":1,\"b\":2}"));
	CHECK_INT(read_str("{\"args\":{ },\"args\":{\"a\":1}}"), 0);
	CHECK_SLICE(job.args, SLICE("{\"a\":1}"));
	CHECK_INT(
		read_str(
			"{\"args\":{\"a\":1},\"args\":{\"b\":1},\"args\":null,\"args\":{\"c\":3}}"),
		0);
	CHECK_SLICE(job.args, SLICE("{\"c\":3}"));
	CHECK_INT(read_str("{\"args\":{\"a\":1},\"args\":null}"), 0);
	CHECK(job.args.ptr == NULL);
}

TEST(thousands_of_args_objects_take_no_square_memory)
{
	own_by(strbuf_freep) struct strbuf raw = {0};

	strbuf_append_char(&raw, '{');
	for (int i = 0; i < 5000; i++)
		strbuf_append_str(&raw, "\"args\":{\"a\":1},");
	strbuf_append_str(&raw, "\"t\":1}");
	CHECK_INT(read(strbuf_slice(&raw)), 0);
	CHECK(arena.total < 2 * raw.len);
}

TEST(members_of_the_wrong_type_are_refused_by_name)
{
	static const struct {
		const char *raw, *why;
	} cases[] = {
		{"{\"name\":5}", "member name is not a string"},
		{"{\"id\":[]}", "member id is not a string"},
		{"{\"t\":1.0}", "member t is not an integer"},
		{"{\"t\":1e9}", "member t is not an integer"},
		{"{\"t\":\"5\"}", "member t is not an integer"},
		{"{\"t\":9223372036854775808}", "member t is not an integer"},
		{"{\"args\":[1]}", "member args is not an object"},
		{"{\"args\":\"x\"}", "member args is not an object"},
		{"{\"unique\":1}", "member unique is not true or false"},
		{"{\"UNIQUE_KEY\":{}}", "member unique_key is not a string"},
		{"{\"fails\":1.5}", "member fails is not an integer"},
		{"{\"err\":false}", "member err is not a string"},
		{"{\"failed_at\":1e9}", "member failed_at is not an integer"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK_INT(read_str(cases[i].raw), CWORK_E_BAD_JSON);
		CHECK_STR(error.text, cases[i].why);
	}
}

TEST(what_is_no_object_is_refused)
{
	CHECK_INT(read_str("[1]"), CWORK_E_BAD_JSON);
	CHECK_STR(error.text, "the job is not a JSON object");
	CHECK_INT(read_str(""), CWORK_E_BAD_JSON);
	CHECK_INT(read((struct slice){0}), CWORK_E_BAD_JSON);
	CHECK_INT(read_str("{\"t\":1,}"), CWORK_E_BAD_JSON);
	CHECK_INT(read_str("{\"t\":1"), CWORK_E_BAD_JSON);
	CHECK_INT(read_str("{\"t\":1} x"), CWORK_E_BAD_JSON);
	CHECK_STR(error.text, "invalid JSON at byte 8: something behind the job");
}

TEST(numbers_beyond_a_double_are_refused_in_args_only)
{
	CHECK_INT(read_str("{\"args\":{\"a\":[1e400]}}"), CWORK_E_BAD_JSON);
	CHECK_INT(read_str("{\"x\":1e400,\"args\":{\"a\":1e-400}}"), 0);
	CHECK_SLICE(job.unknown, SLICE(",\"x\":1e400"));
}

static struct slice nested_job(struct strbuf *b, size_t arrays)
{
	strbuf_clear(b);
	strbuf_append_str(b, "{\"x\":");
	for (size_t i = 0; i < arrays; i++)
		strbuf_append_char(b, '[');
	for (size_t i = 0; i < arrays; i++)
		strbuf_append_char(b, ']');
	strbuf_append_char(b, '}');
	return strbuf_slice(b);
}

TEST(the_job_itself_is_a_level_of_nesting)
{
	own_by(strbuf_freep) struct strbuf raw = {0};

	CHECK_INT(read(nested_job(&raw, 9999)), 0);
	CHECK_INT(read(nested_job(&raw, 10000)), CWORK_E_BAD_JSON);
}

TEST(a_job_that_does_not_fit_the_memory_is_not_called_unreadable)
{
	struct arena full = {.limit = 16};

	CHECK_INT(
		envelope_read(&job, &full, SLICE("{\"name\":\"a long name, escaped\\n\"}"), &error),
		CWORK_E_NOMEM);
	CHECK_INT(envelope_read(&job, &full, SLICE("{\"a long unknown member\":1}"), &error),
		  CWORK_E_NOMEM);
	CHECK_INT(envelope_read(&job, &full, SLICE("{\"args\":{\"aaaa\":1},\"args\":{\"bbbb\":2}}"),
				&error),
		  CWORK_E_NOMEM);
	arena_free(&full);
}
