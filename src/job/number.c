/*
 * Doubles and decimal digits. The C library reads and prints them correctly
 * rounded, but with the locale's decimal point: digits are taken out of what it
 * prints, and it reads in the C locale. No memory is needed: no number may look
 * unreadable because there was none.
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

/* Halfway between two doubles lie numbers of up to 767 digits. Of more, it matters only whether one
 * is not zero. */
#define MAX_DIGITS 800

/* 0.DIGITS × 10^exponent, without leading zeros. */
struct decimal {
	char digits[MAX_DIGITS + 1];
	int count;
	bool more; /* digits other than zero were left out */
	int64_t exponent;
};

static void add_digit(struct decimal *d, char c)
{
	if (d->count < MAX_DIGITS)
		d->digits[d->count++] = c;
	else
		d->more |= c != '0';
}

/* The digits before the exponent. Returns what is behind them. */
static const char *read_digits(struct decimal *d, const char *p, const char *end)
{
	bool fraction = false;

	for (; p < end && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		if (d->count == 0 && *p == '0') {
			d->exponent -= fraction;
			continue;
		}
		d->exponent += !fraction;
		add_digit(d, *p);
	}
	return p;
}

/* Beyond any text's digits, and far from overflow. */
#define MAX_EXPONENT ((int64_t)1 << 60)

static int64_t read_exponent(const char *p, const char *end)
{
	bool negative = p < end && *p == '-';
	int64_t value = 0;

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (; p < end && value < MAX_EXPONENT / 10; p++)
		value = value * 10 + (*p - '0');
	return negative ? -value : value;
}

static double decimal_to_double(struct decimal *d)
{
	char text[MAX_DIGITS + 32];

	if (d->count == 0 || d->exponent < -400)
		return 0;
	if (d->exponent > 400)
		return HUGE_VAL;
	if (d->more)
		d->digits[d->count++] = '1';
	snprintf(text, sizeof(text), "%.*se%d", d->count, d->digits, (int)d->exponent - d->count);
	return read_double(text);
}

bool number_parse(struct slice text, double *out)
{
	const char *p = text.ptr, *end = text.ptr + text.len;
	struct decimal d = {.count = 0, .exponent = 0};
	bool negative = *p == '-';
	double value;

	p = read_digits(&d, p + negative, end);
	if (p < end)
		d.exponent += read_exponent(p + 1, end);
	value = decimal_to_double(&d);
	*out = negative ? -value : value;
	return isfinite(value);
}

/* D rounded to COUNT digits; zeros at the end stay. */
static void round_to(double d, int count, struct number_digits *out)
{
	char text[40];
	const char *p = text;

	snprintf(text, sizeof(text), "%.*e", count - 1, fabs(d));
	for (out->count = 0; *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			out->digits[out->count++] = *p;
	out->digits[out->count] = '\0';
	out->exponent = (int)strtol(p + 1, NULL, 10);
}

static bool reads_back(const struct number_digits *n, double d)
{
	char text[40];

	snprintf(text, sizeof(text), "%c.%se%d", n->digits[0], n->digits + 1, n->exponent);
	return read_double(text) == fabs(d);
}

/*
 * Below a power of two doubles lie twice as dense as above it. So the nearest
 * decimal, when it is below, may read as another double although the next one
 * up, which is farther, reads back: 2^-44 is 5.684341886080802e-14, not …801e-14.
 */
static bool next_reads_back(struct number_digits *n, double d)
{
	int unused;
	char *last = &n->digits[n->count - 1];

	if (frexp(fabs(d), &unused) != 0.5 || *last == '9')
		return false;
	++*last;
	return reads_back(n, d);
}

void number_shortest(double d, struct number_digits *out)
{
	/* 15 digits always survive in a normal double; a denormal one may need as few as one. */
	int count = fabs(d) < DBL_MIN ? 1 : 15;

	out->negative = signbit(d);
	for (; count <= 17; count++) {
		round_to(d, count, out);
		if (reads_back(out, d) || next_reads_back(out, d))
			break;
	}
	while (out->count > 1 && out->digits[out->count - 1] == '0')
		out->digits[--out->count] = '\0';
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
