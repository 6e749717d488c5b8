#include "test.h"

#include "job/json.h"
#include "job/number.h"
#include <float.h>
#include <locale.h>
#include <math.h>

static const char *written(double d)
{
	static struct strbuf out;

	strbuf_clear(&out);
	json_write_double(&out, d, NULL);
	return out.ptr;
}

static const char *printed(double d)
{
	static struct strbuf out;

	strbuf_clear(&out);
	number_write_go_v(&out, d);
	return out.ptr;
}

static double number(const char *text)
{
	double d = -1;

	return number_parse(slice_of(text), &d) ? d : HUGE_VAL;
}

TEST(doubles_are_laid_out_as_go_does)
{
	CHECK_STR(written(0.0), "0");
	CHECK_STR(written(-0.0), "-0");
	CHECK_STR(written(1), "1");
	CHECK_STR(written(-1.5), "-1.5");
	CHECK_STR(written(0.1), "0.1");
	CHECK_STR(written(1e-6), "0.000001");
	CHECK_STR(written(1e-7), "1e-7");
	CHECK_STR(written(1.5e-9), "1.5e-9");
	CHECK_STR(written(1e20), "100000000000000000000");
	CHECK_STR(written(1e21), "1e+21");
	CHECK_STR(written(123456789012345680000.0), "123456789012345680000");
	CHECK_STR(written(9223372036854775807.0), "9223372036854776000");
	CHECK_STR(written(9007199254740992.0), "9007199254740992");
	CHECK_STR(written(5e-324), "5e-324");
	CHECK_STR(written(DBL_MAX), "1.7976931348623157e+308");
}

TEST(error_texts_have_doubles_as_gos_percent_v)
{
	CHECK_STR(printed(1000000), "1e+06");
	CHECK_STR(printed(123456.5), "123456.5");
	CHECK_STR(printed(1.5e-5), "1.5e-05");
	CHECK_STR(printed(0.0001), "0.0001");
	CHECK_STR(printed(-0.0), "-0");
	CHECK_STR(printed(5e-324), "5e-324");
	CHECK_STR(printed(4), "4");
}

/* The nearest decimal of 16 digits is …801e-14, which reads as another double. */
TEST(a_power_of_two_has_the_shortest_digits_though_they_are_not_the_nearest)
{
	CHECK_STR(written(ldexp(1, -44)), "5.684341886080802e-14");
	CHECK_STR(written(-ldexp(1, -44)), "-5.684341886080802e-14");
}

static bool reads_back(double d)
{
	return number(written(d)) == d && number(printed(d)) == d;
}

TEST(powers_of_two_and_their_neighbours_read_back)
{
	for (int e = -1074; e < 1024; e++) {
		double d = ldexp(1, e);

		CHECK_MSG(reads_back(d) && reads_back(nextafter(d, 0)) &&
				  reads_back(nextafter(d, DBL_MAX)),
			  "2^%d does not", e);
	}
}

TEST(nan_and_infinity_can_not_be_written)
{
	struct strbuf out = {0};
	cwork_error err;

	CHECK_INT(json_write_double(&out, NAN, &err), CWORK_E_BAD_JSON);
	CHECK_STR(err.text, "JSON has no NaN");
	CHECK_INT(json_write_double(&out, -INFINITY, &err), CWORK_E_BAD_JSON);
	CHECK_STR(err.text, "JSON has no infinity");
	CHECK_INT(out.len, 0);
}

TEST(numbers_are_read_to_the_nearest_double)
{
	CHECK(number("9007199254740993") == 9007199254740992.0);
	CHECK(number("9007199254740993.00000000000000000000001") == 9007199254740994.0);
	CHECK(number("0.1e1") == 1);
	CHECK(number("2.4703282292062327e-324") == 0);
	CHECK(number("2.4703282292062328e-324") == 5e-324);
	CHECK(number("1.7976931348623157e308") == DBL_MAX);
	CHECK(signbit(number("-0")) && number("-0") == 0);
	CHECK(number("-1e-400") == 0 && signbit(number("-1e-400")));
}

/* Digits beyond those that are kept decide when all before them say halfway. */
TEST(the_last_of_a_thousand_digits_counts)
{
	own_by(strbuf_freep) struct strbuf text = {0};

	strbuf_append_str(&text, "9007199254740993.");
	for (int i = 0; i < 1000; i++)
		strbuf_append_char(&text, '0');
	CHECK(number(text.ptr) == 9007199254740992.0);
	strbuf_append_char(&text, '1');
	CHECK(number(text.ptr) == 9007199254740994.0);
}

TEST(zeros_and_exponents_cancel_however_many)
{
	own_by(strbuf_freep) struct strbuf text = {0};

	strbuf_append_str(&text, "0.");
	for (int i = 0; i < 5000; i++)
		strbuf_append_char(&text, '0');
	strbuf_append_str(&text, "25e5001");
	CHECK(number(text.ptr) == 2.5);
	CHECK(number("0e99999999999999999999999") == 0);
	CHECK(number("1e-99999999999999999999999") == 0);
}

TEST(numbers_beyond_a_double_are_refused)
{
	double d;

	CHECK(!number_parse(SLICE("1e309"), &d));
	CHECK(!number_parse(SLICE("-1.7976931348623159e308"), &d));
	CHECK(!number_parse(SLICE("1e99999999999999999999999"), &d));
}

/* Make a locale with a decimal comma the process', if the system has one. */
static bool use_comma(void)
{
	static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8",  "fr_FR.UTF-8",
					    "de_DE",	   "es_ES.UTF-8", "it_IT.UTF-8"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (setlocale(LC_ALL, names[i]))
			return true;
	return false;
}

TEST(the_locales_decimal_comma_changes_nothing)
{
	if (!use_comma())
		test_skip("no locale with a decimal comma is installed");
	CHECK_STR(written(1234.5), "1234.5");
	CHECK_STR(printed(1.5e-5), "1.5e-05");
	CHECK(number("1234.5") == 1234.5);
	setlocale(LC_ALL, "C");
}
