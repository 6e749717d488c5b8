/* What ends up in the caller's cwork_error. */
#include "test.h"

#include "base/error.h"
#include <errno.h>
#include <limits.h>

TEST(the_code_is_returned_and_kept_with_the_text)
{
	cwork_error err;

	CHECK_INT(error_set(&err, CWORK_E_INVALID, "no %s given", "namespace"), CWORK_E_INVALID);
	CHECK_INT(err.code, CWORK_E_INVALID);
	CHECK_STR(err.text, "no namespace given");
}

TEST(nobody_has_to_ask_for_the_text)
{
	CHECK_INT(error_set(NULL, CWORK_E_BUSY, "x"), CWORK_E_BUSY);
	CHECK_INT(error_errno(NULL, ENOENT, "x"), CWORK_E_SYSTEM);
	CHECK_INT(error_prefix(NULL, CWORK_E_AUTH, "x"), CWORK_E_AUTH);
	CHECK_INT(error_nomem(NULL), CWORK_E_NOMEM);
}

TEST(the_text_is_one_printable_line)
{
	cwork_error err;

	error_set(&err, CWORK_E_REDIS, "%s", "a\r\nb\x1b[2J");
	CHECK_STR(err.text, "a\\r\\nb\\x1b[2J");
}

TEST(a_long_text_is_cut_between_characters)
{
	char text[400];
	cwork_error err;

	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(err.text) - 3, "\u20ac", 3);
	text[sizeof(text) - 1] = '\0';
	error_set(&err, CWORK_E_REDIS, "%s", text);
	CHECK_INT(strlen(err.text), sizeof(err.text) - 3);
	CHECK_INT(strspn(err.text, "a"), sizeof(err.text) - 3);
}

TEST(an_error_number_adds_its_reason)
{
	cwork_error err;

	CHECK_INT(error_errno(&err, ENOENT, "can't open %s", "x"), CWORK_E_SYSTEM);
	CHECK_STR(err.text, "can't open x: No such file or directory");
}

TEST(a_prefix_goes_in_front_of_the_reason)
{
	cwork_error err;

	error_set(&err, CWORK_E_CONNECT, "connection refused");
	CHECK_INT(error_prefix(&err, CWORK_E_CONNECT, "%s:%d", "host", 6379), CWORK_E_CONNECT);
	CHECK_STR(err.text, "host:6379: connection refused");
}

TEST(a_prefix_as_long_as_the_text_leaves_it_terminated)
{
	cwork_error err;

	error_set(&err, CWORK_E_CONNECT, "%0300d", 1);
	error_prefix(&err, CWORK_E_CONNECT, "%0300d", 2);
	CHECK_INT(strlen(err.text), sizeof(err.text) - 1);
	error_errno(&err, ENOENT, "%0300d", 3);
	CHECK_INT(strlen(err.text), sizeof(err.text) - 1);
}

TEST(every_code_has_a_text_of_its_own)
{
	for (int a = CWORK_E_FENCED; a <= CWORK_UNFINISHED; a++) {
		CHECK(strcmp(cwork_strerror(a), "unknown result") != 0);
		for (int b = CWORK_E_FENCED; b < a; b++)
			CHECK(strcmp(cwork_strerror(a), cwork_strerror(b)) != 0);
	}
}

TEST(a_code_that_is_none_has_a_text_too)
{
	CHECK_STR(cwork_strerror(CWORK_E_FENCED - 1), "unknown result");
	CHECK_STR(cwork_strerror(CWORK_UNFINISHED + 1), "unknown result");
	CHECK_STR(cwork_strerror(INT_MIN), "unknown result");
	CHECK_STR(cwork_strerror(INT_MAX), "unknown result");
}

TEST(only_failures_that_pass_by_themselves_are_transient)
{
	for (int code = CWORK_E_FENCED; code <= CWORK_UNFINISHED; code++)
		CHECK_INT(cwork_error_is_transient(code),
			  code == CWORK_E_CONNECT || code == CWORK_E_FULL || code == CWORK_E_BUSY ||
				  code == CWORK_E_READONLY);
}
