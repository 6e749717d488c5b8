#include "test.h"

#include "job/name.h"

static cwork_error error;

static int check(struct slice name)
{
	error = (cwork_error){0};
	return name_check(name, &error);
}

TEST(usual_names_are_accepted)
{
	CHECK_INT(check(SLICE("send_email")), 0);
	CHECK_INT(check(SLICE("a")), 0);
	CHECK_INT(check(SLICE("Send Email/1.0*")), 0);
	CHECK_INT(check(SLICE("\xe5\x90\x8d\xe5\x89\x8d")), 0);
	CHECK_INT(check(SLICE("locked_lock")), 0);
}

TEST(names_that_break_the_layout_are_refused_with_the_reason)
{
	CHECK_INT(check(SLICE("")), CWORK_E_BAD_NAME);
	CHECK_STR(error.text, "no job name given");
	CHECK_INT(check(SLICE("a,b")), CWORK_E_BAD_NAME);
	CHECK_STR(error.text, "job name a,b has a comma, which separates names in heartbeats");
	CHECK_INT(check(SLICE("a\nb")), CWORK_E_BAD_NAME);
	CHECK_INT(check(SLICE("a\0b")), CWORK_E_BAD_NAME);
	CHECK_INT(check(SLICE("a\x7f")), CWORK_E_BAD_NAME);
	CHECK_INT(check(SLICE("\x1b[2J")), CWORK_E_BAD_NAME);
	CHECK_INT(check(SLICE("a\xc2\x9b"
			      "2J")),
		  CWORK_E_BAD_NAME);
	CHECK_INT(check(SLICE("a\xff")), CWORK_E_BAD_NAME);
	CHECK_INT(check(SLICE("a\xed\xa0\x80")), CWORK_E_BAD_NAME);
}

TEST(reserved_suffixes_are_refused)
{
	static const char *const names[] = {
		"foo:paused",	  "foo:lock", "foo:lock_info", "foo:max_concurrency",
		"foo:inprogress", ":lock",    "foo:bar"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		CHECK_INT(check(slice_of(names[i])), CWORK_E_BAD_NAME);
}

TEST(names_have_at_most_200_bytes)
{
	char name[201];

	memset(name, 'x', sizeof(name));
	CHECK_INT(check(slice_n(name, 200)), 0);
	CHECK_INT(check(slice_n(name, 201)), CWORK_E_BAD_NAME);
	CHECK_STR(error.text, "the job name is 201 bytes long; at most 200");
}
