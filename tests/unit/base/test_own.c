/* Scope-bound ownership. */
#include "test.h"

#include "base/own.h"

static int released;

static void release(int *value)
{
	released += *value;
}

TEST(an_owning_local_is_released_when_its_scope_ends)
{
	released = 0;
	{
		own_by(release) int a = 1;
		own_by(release) int b = 10;

		CHECK_INT(a + b, 11);
		CHECK_INT(released, 0);
	}
	CHECK_INT(released, 11);
}

static char *handed_on(void)
{
	own char *p = strdup("text");

	return take(p);
}

TEST(what_was_taken_out_is_not_freed)
{
	own char *p = handed_on();

	CHECK_STR(p, "text");
}

TEST(taking_leaves_nothing_behind)
{
	own char *p = strdup("x");
	own char *q = take(p);

	CHECK(!p);
	CHECK_STR(q, "x");
}
