/* What replies mean. */
#include "harness/test.h"
#include "redis/reply.h"

static struct reply error_reply(const char *text)
{
	return (struct reply){.type = REPLY_ERROR, .str = slice_of(text)};
}

static struct reply string_reply(const char *text)
{
	return (struct reply){.type = REPLY_STRING, .str = slice_of(text)};
}

static int check(const char *text)
{
	struct reply r = error_reply(text);
	cwork_error err = {0};
	int code = reply_check(&r, &err);

	return err.code == code ? code : 1;
}

TEST(each_error_word_has_its_meaning)
{
	CHECK_INT(check("OOM command not allowed when used memory > 'maxmemory'."), CWORK_E_FULL);
	CHECK_INT(check("MISCONF Redis is configured to save RDB snapshots"), CWORK_E_FULL);
	CHECK_INT(check("NOREPLICAS Not enough good replicas to write."), CWORK_E_FULL);
	CHECK_INT(check("LOADING Redis is loading the dataset in memory"), CWORK_E_BUSY);
	CHECK_INT(check("MASTERDOWN Link with MASTER is down"), CWORK_E_BUSY);
	CHECK_INT(check("CLUSTERDOWN The cluster is down"), CWORK_E_BUSY);
	CHECK_INT(check("TRYAGAIN Multiple keys request during rehashing"), CWORK_E_BUSY);
	CHECK_INT(check("BUSY Redis is busy running a script."), CWORK_E_BUSY);
	CHECK_INT(check("ERR max number of clients reached"), CWORK_E_BUSY);
	CHECK_INT(check("READONLY You can't write against a read only replica."), CWORK_E_READONLY);
	CHECK_INT(check("WRONGTYPE Operation against a key"), CWORK_E_WRONG_TYPE);
	CHECK_INT(check("NOAUTH Authentication required."), CWORK_E_AUTH);
	CHECK_INT(check("WRONGPASS invalid username-password pair"), CWORK_E_AUTH);
	CHECK_INT(check("NOPERM this user has no permissions"), CWORK_E_AUTH);
	CHECK_INT(check("ERR unknown command 'x'"), CWORK_E_REDIS);
	CHECK_INT(check("OOM"), CWORK_E_FULL);
	CHECK_INT(check(""), CWORK_E_REDIS);
}

TEST(a_word_that_only_begins_alike_means_nothing)
{
	CHECK_INT(check("BUSYGROUP Consumer Group name already exists"), CWORK_E_REDIS);
	CHECK_INT(check("BUSYKEY Target key name already exists."), CWORK_E_REDIS);
	CHECK_INT(check("OOMPH x"), CWORK_E_REDIS);
}

TEST(errors_inside_scripts_keep_their_meaning)
{
	CHECK_INT(check("OOM command not allowed when used memory > 'maxmemory'. script: "
			"c7e0d4, on @user_script:3."),
		  CWORK_E_FULL);
	CHECK_INT(
		check("ERR Error running script (call to f_c7e0d4): @user_script:1: "
		      "@user_script: 1: -OOM command not allowed when used memory > 'maxmemory'."),
		CWORK_E_FULL);
	CHECK_INT(check("ERR Error running script (call to f_c7e0d4): @user_script:12: "
			"-READONLY You can't write against a read only replica."),
		  CWORK_E_READONLY);
	CHECK_INT(check("ERR Error running script (call to f_c7e0d4): @user_script:1: WRONGTYPE "
			"Operation against a key holding the wrong kind of value"),
		  CWORK_E_WRONG_TYPE);
	CHECK_INT(check("ERR Error running script (call to f_c7e0d4): @user_script:1: user: OOM x"),
		  CWORK_E_REDIS);
	CHECK_INT(check("ERR Error running script (call to f_c7e0d4): @user_script:"),
		  CWORK_E_REDIS);
	CHECK_INT(check("ERR oops @user_script: 1: -OOM command"), CWORK_E_REDIS);
}

TEST(an_error_text_is_redis_own)
{
	struct reply r = error_reply("ERR no such key");
	cwork_error err = {0};

	reply_check(&r, &err);
	CHECK_STR(err.text, "ERR no such key");
}

TEST(other_replies_are_no_errors)
{
	struct reply nil = {.type = REPLY_NIL}, text = string_reply("OOM");

	CHECK_INT(reply_check(&nil, NULL), 0);
	CHECK_INT(reply_check(&text, NULL), 0);
}

TEST(an_unexpected_answer_says_what_came)
{
	struct reply integer = {.type = REPLY_INTEGER, .integer = -3};
	struct reply array = {.type = REPLY_ARRAY, .count = 2};
	struct reply text = string_reply("hello"), oom = error_reply("OOM full");
	struct reply nil = {.type = REPLY_NIL};
	cwork_error err = {0};

	CHECK_INT(reply_unexpected(&integer, "LLEN", &err), CWORK_E_PROTOCOL);
	CHECK_STR(err.text, "LLEN: did not expect the integer -3");
	reply_unexpected(&array, "fetch", &err);
	CHECK_STR(err.text, "fetch: did not expect an array of 2");
	reply_unexpected(&text, "fetch", &err);
	CHECK_STR(err.text, "fetch: did not expect the string \"hello\"");
	reply_unexpected(&nil, "fetch", &err);
	CHECK_STR(err.text, "fetch: did not expect nil");
	CHECK_INT(reply_unexpected(&oom, "fetch", &err), CWORK_E_FULL);
}

TEST(integers_come_as_numbers_or_as_text)
{
	struct reply integer = {.type = REPLY_INTEGER, .integer = 7}, nil = {.type = REPLY_NIL};
	struct reply text = string_reply("-12"), word = string_reply("12x");
	int64_t value = 0;

	CHECK(reply_int(&integer, &value));
	CHECK_INT(value, 7);
	CHECK(reply_int(&text, &value));
	CHECK_INT(value, -12);
	CHECK(!reply_int(&word, &value));
	CHECK(!reply_int(&nil, &value));
}

TEST(fields_are_found_in_pairs)
{
	struct reply items[] = {string_reply("a"), string_reply("b"), string_reply("b"),
				string_reply("c"), string_reply("odd")};
	struct reply r = {.type = REPLY_ARRAY, .count = 5, .items = items};

	CHECK(reply_field(&r, "a") == &items[1]);
	CHECK(reply_field(&r, "b") == &items[3]);
	CHECK(reply_field(&r, "c") == NULL);
	CHECK(reply_field(&r, "odd") == NULL);
	CHECK(reply_field(&items[0], "a") == NULL);
}
