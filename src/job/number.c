/*
 * Doubles and decimal digits. The C library reads and prints them correctly
 * rounded, but with the locale's decimal point: digits are taken out of what it
 * prints, and it reads in the C locale.
 */
#include "job/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static locale_t c_locale;

static void make_locale(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static double read_double(const char *text)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_locale);
	return strtod_l(text, NULL, c_locale);
}

/* D rounded to COUNT digits. */
static void round_to(double d, int count, struct number_digits *out)
{
	char text[40];
	int n = 0;
	const char *p = text;

	snprintf(text, sizeof(text), "%.*e", count - 1, fabs(d));
	for (; *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			out->digits[n++] = *p;
	out->exponent = (int)strtol(p + 1, NULL, 10);
	while (n > 1 && out->digits[n - 1] == '0')
		n--;
	out->digits[n] = '\0';
	out->count = n;
}

static bool reads_back(const struct number_digits *n, double d)
{
	char text[40];

	snprintf(text, sizeof(text), "%c.%se%d", n->digits[0], n->digits + 1, n->exponent);
	return read_double(text) == fabs(d);
}

void number_shortest(double d, struct number_digits *out)
{
	/* 15 digits always survive in a normal double; a denormal one may need as few as one. */
	int count = fabs(d) < DBL_MIN ? 1 : 15;

	out->negative = signbit(d);
	do
		round_to(d, count, out);
	while (!reads_back(out, d) && ++count <= 17);
}

/* Whole numbers that a double holds exactly need no rounding; nearly all numbers in jobs are such.
 */
static bool write_small_integer(struct strbuf *out, double d)
{
	if (!(fabs(d) < 9007199254740992.0) || d != (double)(int64_t)d || (d == 0 && signbit(d)))
		return false;
	strbuf_append_int(out, (int64_t)d);
	return true;
}

static void append_zeros(struct strbuf *out, int count)
{
	while (count-- > 0)
		strbuf_append_char(out, '0');
}

static void write_plain(struct strbuf *out, const struct number_digits *n)
{
	int whole = n->exponent + 1; /* digits before the point */

	if (whole <= 0) {
		strbuf_append_str(out, "0.");
		append_zeros(out, -whole);
		strbuf_append(out, n->digits, (size_t)n->count);
	} else if (whole >= n->count) {
		strbuf_append(out, n->digits, (size_t)n->count);
		append_zeros(out, whole - n->count);
	} else {
		strbuf_append(out, n->digits, (size_t)whole);
		strbuf_append_char(out, '.');
		strbuf_append(out, n->digits + whole, (size_t)(n->count - whole));
	}
}

static void write_scientific(struct strbuf *out, const struct number_digits *n, int least_digits)
{
	strbuf_append(out, n->digits, 1);
	if (n->count > 1) {
		strbuf_append_char(out, '.');
		strbuf_append(out, n->digits + 1, (size_t)n->count - 1);
	}
	strbuf_printf(out, "e%c%0*d", n->exponent < 0 ? '-' : '+', least_digits, abs(n->exponent));
}

static void write_number(struct strbuf *out, double d, int lowest, int first_too_high,
			 int exponent_digits)
{
	struct number_digits n;

	number_shortest(d, &n);
	if (n.negative)
		strbuf_append_char(out, '-');
	if (d == 0)
		strbuf_append_char(out, '0');
	else if (n.exponent >= lowest && n.exponent < first_too_high)
		write_plain(out, &n);
	else
		write_scientific(out, &n, exponent_digits);
}

void number_write_json(struct strbuf *out, double d)
{
	if (!write_small_integer(out, d))
		write_number(out, d, -6, 21, 1);
}

void number_write_go_v(struct strbuf *out, double d)
{
	write_number(out, d, -4, 6, 2);
}

bool number_parse(struct slice text, double *out)
{
	char small[64];
	char *copy = text.len < sizeof(small) ? small : malloc(text.len + 1);

	if (!copy)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*out = read_double(copy);
	if (copy != small)
		free(copy);
	return isfinite(*out);
}
