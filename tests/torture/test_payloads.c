/* Rows 26, 27 and 40: payloads that can't be read, names that break things, numbers that must not
 * change. */
#include "crew.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const malformed[] = {
	"",
	" ",
	"{",
	"}",
	"[]",
	"null",
	"true",
	"\"x\"",
	"{\"name\":\"t\"",
	"{\"name\":\"t\"}}",
	"{\"name\":\"t\",\"id\":\"x\",\"t\":1.5}",
	"{\"name\":\"t\",\"id\":5,\"t\":1}",
	"{\"name\":\"t\",\"t\":\"1\"}",
	"{\"name\":\"t\",\"args\":[]}",
	"{\"name\":\"t\",\"args\":{\"a\":1e400}}",
	"{\"name\":\"t\",\"name\":\"t\",\"id\":\"x\",\"t\":1}",
	"{\"name\":\"t\",\"NAME\":\"u\",\"id\":\"x\"}",
	"{\"name\":\"t\",\"id\":\"\x01\"}",
	"{'name':'t'}",
	"{\"name\":\"t\",}",
	"\xef\xbb\xbf{\"name\":\"t\"}",
	"{\"name\":\"t\",\"args\":{\"a\":NaN}}",
	"{\"name\":\"t\",\"args\":{\"a\":01}}",
	"\xff\xfe\x00",
};
#define MALFORMED (sizeof(malformed) / sizeof(*malformed))

static bool stop_worker(struct crew *c)
{
	crew_signal(c, 0, SIGTERM);
	return crew_wait(c, 0) == 0;
}

static bool quarantine_has(struct crew *c, const char *bytes)
{
	return crew_cmd(c, "LPOS", "work:quarantine", bytes, NULL)[0] != '\0';
}

TEST(row_26_malformed_payloads_are_set_aside_byte_for_byte)
{
	own_by(crew_closep) struct crew c;

	CHECK(crew_open(&c, NULL));
	for (size_t i = 0; i < MALFORMED; i++)
		crew_cmd(&c, "LPUSH", "work:jobs:t", malformed[i], NULL);
	for (size_t i = 0; i < MALFORMED; i++) {
		crew_cmd(&c, "ZADD", "work:scheduled", "1", malformed[i], NULL);
		crew_cmd(&c, "ZADD", "work:retry", "1", malformed[i], NULL);
	}
	CHECK(crew_enqueue(&c, "t", 1, "{\"i\":%ld}"));
	crew_cmd(&c, "ZADD", "work:scheduled", "2",
		 "{\"name\":\"t\",\"id\":\"s\",\"t\":1,\"args\":null}", NULL);
	crew_cmd(&c, "ZADD", "work:retry", "2",
		 "{\"name\":\"t\",\"id\":\"r\",\"t\":1,\"args\":null}", NULL);
	CHECK(crew_start(&c, 0, NULL, 5, 5000));
	CHECK_SOON(crew_is_at_rest(&c));
	CHECK_SOON(crew_runs(&c) == 3);
	CHECK(stop_worker(&c));
	for (size_t i = 0; i < MALFORMED; i++) {
		if (strcmp(malformed[i], "null") == 0)
			continue; /* readable: a stray */
		CHECK_MSG(quarantine_has(&c, malformed[i]), "not in quarantine: %s", malformed[i]);
	}
	/* Whatever stands in dead can be read by anybody. */
	CHECK(crew_int(&c, "ZCARD", "work:dead", NULL) >= (int64_t)MALFORMED);
	CHECK(crew_invariants(&c, 0));
}

TEST(row_27_hostile_names_are_refused_and_foreign_ones_block_nothing)
{
	own_by(crew_closep) struct crew c;
	static const char *const names[] = {"",
					    "a,b",
					    "t:lock",
					    "t:paused",
					    "t:lock_info",
					    "t:max_concurrency",
					    "t:inprogress",
					    "a\nb",
					    "a\033[2J",
					    "a\x7f",
					    "\xff"};
	char *big = calloc(1, 65537);

	CHECK(big != NULL);
	CHECK(crew_open(&c, NULL));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		CHECK_INT(cwork_enqueue(c.q, names[i], CWORK_NO_ARGS, NULL, NULL),
			  CWORK_E_BAD_NAME);
	memset(big, 'x', 65536);
	CHECK_INT(cwork_enqueue(c.q, big, CWORK_NO_ARGS, NULL, NULL), CWORK_E_BAD_NAME);
	free(big);
	/* Names and types that other programs may leave. */
	crew_cmd(&c, "SADD", "work:known_jobs", "t:lock", "a,b", "", "a\nb", NULL);
	crew_cmd(&c, "LPUSH", "work:jobs:u:lock", "x", NULL);
	crew_cmd(&c, "ZADD", "work:scheduled", "1",
		 "{\"name\":\"a,b\",\"id\":\"f\",\"t\":1,\"args\":null}", NULL);
	crew_cmd(&c, "LPUSH", "work:jobs:u", "{\"name\":\"u\",\"id\":\"u\",\"t\":1,\"args\":null}",
		 NULL);
	CHECK(crew_enqueue(&c, "t", 50, "{\"i\":%ld}"));
	CHECK(crew_start(&c, 0, NULL, 5, 5000));
	CHECK_SOON(crew_runs(&c) == 50);
	CHECK_INT(crew_int(&c, "LLEN", "work:jobs:u", NULL), 1);
	crew_cmd(&c, "DEL", "work:jobs:u:lock", NULL);
	CHECK_SOON(crew_runs(&c) == 51);
	CHECK(stop_worker(&c));
	CHECK(crew_invariants(&c, 0));
}

TEST(row_40_arguments_are_the_same_through_retry_and_schedule)
{
	own_by(crew_closep) struct crew c;
	static const char args[] =
		"{\"a\":[],\"big\":9007199254740993,\"deep\":{\"e\":[[],{}]},\"f\":0."
		"1234567890123456,"
		"\"fail\":2,\"i\":%ld,\"max\":18446744073709551615,\"min\":-9223372036854775808,"
		"\"s\":\"\\u2028\\u003c/x\\u003e\",\"tiny\":5e-324}";

	CHECK(crew_open(&c, NULL));
	CHECK(crew_enqueue(&c, "t", crew_scale(50, 2000), args));
	CHECK(crew_start(&c, 0, NULL, 5, 5000));
	CHECK_SOON(crew_runs(&c) == 3 * c.id_count);
	CHECK_SOON(crew_is_at_rest(&c));
	CHECK(stop_worker(&c));
	CHECK(crew_invariants(&c, 2 * c.id_count)); /* the retries */
}
