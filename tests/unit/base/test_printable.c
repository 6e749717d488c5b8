/* What may be shown on a terminal or in a log. */
#include "test.h"

#include "base/printable.h"

static char out[256];

static const char *shown(struct slice s)
{
	size_t len = printable(out, sizeof(out), s);

	return len == strlen(out) ? out : "the length is wrong";
}

TEST(plain_text_stays_as_it_is)
{
	CHECK_STR(shown(SLICE("send_email {\"a\":1} ~")), "send_email {\"a\":1} ~");
	CHECK_STR(shown(SLICE("")), "");
}

TEST(characters_of_every_length_stay_as_they_are)
{
	CHECK_STR(shown(SLICE("\u00e9 \u20ac \U0001f600 \u00a0")),
		  "\u00e9 \u20ac \U0001f600 \u00a0");
}

TEST(control_characters_are_escaped)
{
	CHECK_STR(shown(SLICE("a\nb\rc\td\0e\x1b[0m\x7f")), "a\\nb\\rc\\td\\x00e\\x1b[0m\\x7f");
}

TEST(control_characters_above_ascii_are_escaped)
{
	CHECK_STR(shown(SLICE("\xc2\x9b"
			      "1m")),
		  "\\xc2\\x9b1m");
}

TEST(what_turns_the_text_around_or_breaks_the_line_is_escaped)
{
	CHECK_STR(shown(SLICE("\u202e")), "\\xe2\\x80\\xae");
	CHECK_STR(shown(SLICE("\u2066")), "\\xe2\\x81\\xa6");
	CHECK_STR(shown(SLICE("\u2028")), "\\xe2\\x80\\xa8");
	CHECK_STR(shown(SLICE("\u200d\u2030")), "\u200d\u2030");
}

TEST(bytes_that_are_not_utf8_are_escaped)
{
	CHECK_STR(shown(SLICE("\x80")), "\\x80");
	CHECK_STR(shown(SLICE("\xff")), "\\xff");
	CHECK_STR(shown(SLICE("\xc3(")), "\\xc3(");
	CHECK_STR(shown(SLICE("\xe2\x82")), "\\xe2\\x82");
	CHECK_STR(shown(SLICE("\xc0\xaf")), "\\xc0\\xaf");
	CHECK_STR(shown(SLICE("\xed\xa0\x80")), "\\xed\\xa0\\x80");
	CHECK_STR(shown(SLICE("\xf4\x90\x80\x80")), "\\xf4\\x90\\x80\\x80");
	CHECK_STR(shown(SLICE("\xf8\x88\x80\x80\x80")), "\\xf8\\x88\\x80\\x80\\x80");
}

TEST(the_cut_is_never_inside_a_character_or_an_escape)
{
	char small[8];

	CHECK_INT(printable(small, 6, SLICE("abc\u20acd")), 3);
	CHECK_STR(small, "abc");
	CHECK_INT(printable(small, 7, SLICE("abc\u20acd")), 6);
	CHECK_INT(printable(small, 5, SLICE("a\x1b")), 1);
	CHECK_STR(small, "a");
	CHECK_INT(printable(small, 1, SLICE("a")), 0);
	CHECK_STR(small, "");
}
