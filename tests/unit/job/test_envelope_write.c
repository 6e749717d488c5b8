#include "test.h"

#include "job/envelope.h"

static struct arena arena;
static struct strbuf out;
static struct envelope job;

static struct envelope *read(const char *raw)
{
	if (envelope_read(&job, &arena, slice_of(raw), NULL) < 0)
		job.name = SLICE("(unreadable)");
	strbuf_clear(&out);
	return &job;
}

TEST(a_job_is_written_in_gos_order_without_what_is_empty)
{
	strbuf_clear(&out);
	envelope_write(&out, &(struct envelope){.name = SLICE("foo"), .id = SLICE("x"), .t = 5});
	CHECK_STR(out.ptr, "{\"name\":\"foo\",\"id\":\"x\",\"t\":5,\"args\":null}");
	strbuf_clear(&out);
	envelope_write(&out, &(struct envelope){
				     .name = SLICE("f<o"),
				     .id = SLICE("x"),
				     .t = 5,
				     .args = SLICE("{\"a\":1}"),
				     .unique = true,
				     .unique_key = SLICE("work:unique:foo:{\"a\":1}\n"),
				     .fails = 2,
				     .err = SLICE("e\xff"),
				     .failed_at = 7,
			     });
	CHECK_STR(out.ptr,
		  "{\"name\":\"f\\u003co\",\"id\":\"x\",\"t\":5,\"args\":{\"a\":1},\"unique\":true,"
		  "\"unique_key\":\"work:unique:foo:{\\\"a\\\":1}\\n\",\"fails\":2,"
		  "\"err\":\"e\\ufffd\",\"failed_at\":7}");
	strbuf_clear(&out);
	envelope_write(&out, &(struct envelope){.t = 0});
	CHECK_STR(out.ptr, "{\"id\":\"\",\"t\":0,\"args\":null}");
}

TEST(args_and_unknown_members_keep_their_bytes)
{
	envelope_write(
		&out,
		read("{ \"trace\" : [ 1e400 ], \"args\":{ \"n\":9007199254740993, \"e\":[ ] },"
		     "\"t\":1, \"\\u0078\":{} }"));
	CHECK_STR(out.ptr, "{\"id\":\"\",\"t\":1,\"args\":{ \"n\":9007199254740993, \"e\":[ ] },"
			   "\"trace\":[ 1e400 ],\"\\u0078\":{}}");
}

TEST(a_requeue_changes_the_bytes_of_t_alone)
{
	envelope_write_with_t(&out,
			      read("{ \"T\" : 1425263409 , \"args\":{\"n\":1e2},\"zzz\":1,"
				   "\"fails\":3}\n"),
			      5);
	CHECK_STR(out.ptr, "{ \"T\" : 5 , \"args\":{\"n\":1e2},\"zzz\":1,\"fails\":3}\n");
	envelope_write_with_t(&out, read("{\"t\":null}"), 5);
	CHECK_STR(out.ptr, "{\"t\":5}");
}

TEST(a_requeue_puts_a_missing_t_first)
{
	envelope_write_with_t(&out, read(" { \"name\":\"foo\",\"args\":{\"t\":1}}"), 5);
	CHECK_STR(out.ptr, " {\"t\":5, \"name\":\"foo\",\"args\":{\"t\":1}}");
	envelope_write_with_t(&out, read("{ }"), 5);
	CHECK_STR(out.ptr, "{\"t\":5 }");
	envelope_write_with_t(&out, read(" null"), 5);
	CHECK_STR(out.ptr, "{\"id\":\"\",\"t\":5,\"args\":null}");
}

TEST(of_several_t_the_one_that_counts_is_changed)
{
	envelope_write_with_t(&out, read("{\"t\":1,\"T\":2}"), 5);
	CHECK_STR(out.ptr, "{\"t\":1,\"T\":5}");
}

TEST(a_failure_is_counted_and_told_and_leaves_args_as_they_are)
{
	envelope_write_failed(&out,
			      read("{\"x\":0,\"args\":{\"n\":9007199254740993},\"name\":\"foo\","
				   "\"err\":\"old\",\"fails\":1,\"id\":\"i\",\"t\":1}"),
			      SLICE("sorry <kid>"), 9);
	CHECK_STR(out.ptr,
		  "{\"name\":\"foo\",\"id\":\"i\",\"t\":1,\"args\":{\"n\":9007199254740993},"
		  "\"fails\":2,\"err\":\"sorry \\u003ckid\\u003e\",\"failed_at\":9,\"x\":0}");
}

TEST(an_empty_error_text_is_left_out_but_counted)
{
	envelope_write_failed(&out, read("{\"name\":\"foo\",\"err\":\"old\"}"), SLICE(""), 9);
	CHECK_STR(
		out.ptr,
		"{\"name\":\"foo\",\"id\":\"\",\"t\":0,\"args\":null,\"fails\":1,\"failed_at\":9}");
}

TEST(the_count_of_failures_never_turns_negative)
{
	envelope_write_failed(&out, read("{\"fails\":9223372036854775807}"), SLICE(""), 1);
	CHECK_STR(out.ptr, "{\"id\":\"\",\"t\":0,\"args\":null,\"fails\":9223372036854775807,"
			   "\"failed_at\":1}");
}

TEST(unreadable_bytes_get_a_readable_job_in_their_place)
{
	strbuf_clear(&out);
	envelope_write_quarantined(&out, SLICE("{\"name\":\xff\0"), SLICE("foo"), SLICE("x"),
				   SLICE("why"), 9);
	CHECK_STR(out.ptr,
		  "{\"name\":\"foo\",\"id\":\"x\",\"t\":9,\"args\":{\"bytes\":10,"
		  "\"quarantined\":\"{\\\"name\\\":\\ufffd\\u0000\"},\"fails\":1,\"err\":\"why\","
		  "\"failed_at\":9}");
}

TEST(of_large_unreadable_bytes_only_the_head_is_shown)
{
	own_by(strbuf_freep) struct strbuf raw = {0};

	for (int i = 0; i < 100000; i++)
		strbuf_append_char(&raw, 'x');
	strbuf_clear(&out);
	envelope_write_quarantined(&out, strbuf_slice(&raw), SLICE("foo"), SLICE("x"), SLICE("why"),
				   9);
	CHECK(out.len < 1000);
	CHECK(strstr(out.ptr, "\"bytes\":100000") != NULL);
}
