/* Doubles and decimal digits, whatever the process' locale says of decimal points. */
#ifndef JOB_NUMBER_H
#define JOB_NUMBER_H

#include "base/slice.h"
#include "base/strbuf.h"

/* A finite double's shortest digits that read back as the same: d₁.d₂d₃… × 10^exponent. */
struct number_digits {
	bool negative; /* also for -0 */
	char digits[18];
	int count; /* at least 1; no zeros at the end, but for zero itself */
	int exponent;
};

void number_shortest(double d, struct number_digits *out);

/* Read a JSON number as the nearest double; false when it overflows. */
bool number_parse(struct slice text, double *out);

/* Write it as Go's encoding/json does (wire-format.md §3), and as Go's %v does (§7.6). */
void number_write_json(struct strbuf *out, double d);
void number_write_go_v(struct strbuf *out, double d);

#endif
