/* JSON's numbers as C's (wire-format.md §3). */
#include "base/error.h"
#include "base/parse.h"
#include "job/json.h"
#include "job/number.h"
#include <math.h>

bool json_int64(const struct json *n, int64_t *out)
{
	return parse_int64(n->span, out);
}

bool json_uint64(const struct json *n, uint64_t *out)
{
	return parse_uint64(n->span, out);
}

bool json_double(const struct json *n, double *out)
{
	int64_t whole;

	/* Up to 15 digits are exact; the sign of -0 is not an integer's. */
	if (n->span.len <= 15 && parse_int64(n->span, &whole) && whole != 0) {
		*out = (double)whole;
		return true;
	}
	return number_parse(n->span, out);
}

int json_write_double(struct strbuf *out, double d, cwork_error *err)
{
	if (!isfinite(d))
		return error_set(err, CWORK_E_BAD_JSON, "JSON has no %s",
				 isnan(d) ? "NaN" : "infinity");
	number_write_json(out, d);
	return 0;
}
