/* Numbers, durations and sizes: the whole text or nothing. */
#include "test.h"

#include "base/parse.h"

static bool int64_is(const char *text, int64_t want)
{
	int64_t got = ~want;

	return parse_int64(slice_of(text), &got) && got == want;
}

static bool int64_refused(const char *text)
{
	int64_t got = 77;

	return !parse_int64(slice_of(text), &got) && got == 77;
}

TEST(integers_are_digits_with_an_optional_minus)
{
	CHECK(int64_is("0", 0));
	CHECK(int64_is("-0", 0));
	CHECK(int64_is("007", 7));
	CHECK(int64_is("9223372036854775807", INT64_MAX));
	CHECK(int64_is("-9223372036854775808", INT64_MIN));
}

TEST(anything_else_is_no_integer_and_leaves_the_result_alone)
{
	static const char *const bad[] = {"",
					  "-",
					  "+1",
					  " 1",
					  "1 ",
					  "0x1",
					  "1e3",
					  "1.0",
					  "--1",
					  "9223372036854775808",
					  "-9223372036854775809",
					  "18446744073709551616"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_MSG(int64_refused(bad[i]), "accepted: \"%s\"", bad[i]);
}

TEST(unsigned_integers_reach_their_end_and_no_further)
{
	uint64_t got = 5;

	CHECK(parse_uint64(SLICE("18446744073709551615"), &got));
	CHECK(got == UINT64_MAX);
	CHECK(!parse_uint64(SLICE("18446744073709551616"), &got));
	CHECK(!parse_uint64(SLICE("-1"), &got));
	CHECK(got == UINT64_MAX);
}

static bool duration_is(const char *text, int64_t want_ms)
{
	int64_t got = -1;

	return parse_duration_ms(slice_of(text), &got) && got == want_ms;
}

TEST(durations_have_units_and_a_bare_number_is_seconds)
{
	CHECK(duration_is("90", 90000));
	CHECK(duration_is("0", 0));
	CHECK(duration_is("250ms", 250));
	CHECK(duration_is("90s", 90000));
	CHECK(duration_is("5m", 300000));
	CHECK(duration_is("2h", 7200000));
	CHECK(duration_is("1d", 86400000));
	CHECK(duration_is("1w", 604800000));
	CHECK(duration_is("1h30m", 5400000));
	CHECK(duration_is("1m1ms", 60001));
}

TEST(durations_that_two_readers_would_read_differently_are_refused)
{
	static const char *const bad[] = {"",
					  "h",
					  "-1s",
					  "1.5h",
					  "1h30",
					  "0h30",
					  "1 h",
					  "1h ",
					  "1H",
					  "1y",
					  "1hm",
					  "ms",
					  "99999999999999999w",
					  "15250284453w"};
	int64_t got = 77;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_MSG(!parse_duration_ms(slice_of(bad[i]), &got), "accepted: \"%s\"", bad[i]);
	CHECK_INT(got, 77);
}

static bool size_is(const char *text, uint64_t want)
{
	uint64_t got = ~want;

	return parse_size(slice_of(text), &got) && got == want;
}

TEST(sizes_are_powers_of_1024)
{
	CHECK(size_is("65536", 65536));
	CHECK(size_is("1B", 1));
	CHECK(size_is("64k", 65536));
	CHECK(size_is("64K", 65536));
	CHECK(size_is("64kB", 65536));
	CHECK(size_is("64KiB", 65536));
	CHECK(size_is("256M", 256ULL << 20));
	CHECK(size_is("1G", 1ULL << 30));
	CHECK(size_is("16777215T", 16777215ULL << 40));
}

TEST(other_sizes_are_refused)
{
	static const char *const bad[] = {"",	"k",   "-1", "1m",   "1 k", "1kb",	 "1kiB ",
					  "1i", "1iB", "1P", "1.5G", "1BB", "16777216T", "1BiB"};
	uint64_t got = 77;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_MSG(!parse_size(slice_of(bad[i]), &got), "accepted: \"%s\"", bad[i]);
	CHECK_INT(got, 77);
}

TEST(percent_escapes_are_decoded)
{
	char out[32];
	size_t len;

	CHECK(parse_percent(SLICE("a%20b%2F%2f%00+"), out, &len));
	CHECK_SLICE(slice_n(out, len), SLICE("a b//\0+"));
}

TEST(bad_percent_escapes_are_refused)
{
	static const char *const bad[] = {"%", "a%2", "%zz", "%2", "%%20", "%-1"};
	char out[32];
	size_t len;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_MSG(!parse_percent(slice_of(bad[i]), out, &len), "accepted: \"%s\"", bad[i]);
}
