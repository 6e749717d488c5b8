/* A payload decides how deep it nests, a thread how large its stack is: they must not meet. */
#include "test.h"

#include "job/args.h"
#include "job/canonical.h"
#include "job/envelope.h"
#include <pthread.h>

#define STACK_BYTES ((size_t)128 << 10)

/* The deepest job that can be read: objects in the args of a job. */
static struct strbuf deepest;
static int read_result, canonical_result;
static bool found;
static const char *error;

static void make_deepest(void)
{
	strbuf_clear(&deepest);
	strbuf_append_str(&deepest, "{\"args\":");
	for (int i = 0; i < JSON_MAX_DEPTH - 1; i++)
		strbuf_append_str(&deepest, "{\"b\":0,\"a\":");
	strbuf_append_char(&deepest, '1');
	for (int i = 0; i < JSON_MAX_DEPTH; i++)
		strbuf_append_char(&deepest, '}');
}

static void *use_deepest(void *unused)
{
	struct arena arena = {0};
	struct strbuf out = {0};
	struct envelope job;
	int64_t value;

	(void)unused;
	read_result = envelope_read(&job, &arena, strbuf_slice(&deepest), NULL);
	canonical_result = canonical_write(&out, job.args, CANONICAL_FLOAT64,
					   CANONICAL_REPLACE_BAD_UTF8, NULL);
	found = args_int64(job.args, SLICE("a"), ARGS_EXACT, &arena, &value, &error);
	error = error ? strdup(error) : NULL;
	strbuf_free(&out);
	arena_free(&arena);
	return NULL;
}

TEST(the_deepest_job_is_read_written_and_printed_on_a_stack_of_128_kb)
{
	pthread_attr_t attr;
	pthread_t thread;

	/* Under a sanitizer frames are several times larger, and so is the smallest stack. */
	pthread_attr_init(&attr);
	CHECK_INT(pthread_attr_setstacksize(&attr, test_is_slow() ? 4 * STACK_BYTES : STACK_BYTES),
		  0);
	make_deepest();
	CHECK_INT(pthread_create(&thread, &attr, use_deepest, NULL), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	CHECK_INT(read_result, 0);
	CHECK_INT(canonical_result, 0);
	CHECK(!found);
	CHECK(slice_begins(slice_of(error),
			   SLICE("looking for a int64 in job.Arg[a] but value wasn't "
				 "right type: map[string]interface {}(map[a:map[")));
	free((void *)error);
	strbuf_free(&deepest);
}
