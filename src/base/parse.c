/* Reading numbers, durations and sizes from text, strictly. */
#include "base/parse.h"

static bool digits(struct slice s, uint64_t most, uint64_t *out)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.ptr[i] - (unsigned)'0';

		if (digit > 9 || value > (most - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool parse_uint64(struct slice s, uint64_t *out)
{
	return digits(s, UINT64_MAX, out);
}

bool parse_int64(struct slice s, int64_t *out)
{
	bool negative = s.len > 0 && s.ptr[0] == '-';
	uint64_t value;

	if (negative)
		s = slice_n(s.ptr + 1, s.len - 1);
	if (!digits(s, (uint64_t)INT64_MAX + negative, &value))
		return false;
	*out = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

struct unit {
	struct slice name;
	uint64_t factor;
};

static bool unit_factor(const struct unit *units, size_t count, struct slice name, uint64_t *out)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(units[i].name, name)) {
			*out = units[i].factor;
			return true;
		}
	return false;
}

static size_t digit_count(struct slice s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
		n++;
	return n;
}

bool parse_duration_ms(struct slice s, int64_t *out)
{
	static const struct unit units[] = {
		{{"ms", 2}, 1},	     {{"s", 1}, 1000},	   {{"", 0}, 1000},	  {{"m", 1}, 60000},
		{{"h", 1}, 3600000}, {{"d", 1}, 86400000}, {{"w", 1}, 604800000},
	};
	const char *begin = s.ptr;
	uint64_t total = 0, value, factor;

	if (s.len == 0)
		return false;
	while (s.len > 0) {
		size_t n = digit_count(s), unit = n;

		while (unit < s.len && (s.ptr[unit] < '0' || s.ptr[unit] > '9'))
			unit++;
		/* "1h30" would be half an hour to one reader, half a minute to the next. */
		if (unit == n && s.ptr != begin)
			return false;
		if (!digits(slice_n(s.ptr, n), INT64_MAX, &value) ||
		    !unit_factor(units, sizeof(units) / sizeof(*units),
				 slice_n(s.ptr + n, unit - n), &factor) ||
		    value > ((uint64_t)INT64_MAX - total) / factor)
			return false;
		total += value * factor;
		s = slice_n(s.ptr + unit, s.len - unit);
	}
	*out = (int64_t)total;
	return true;
}

bool parse_size(struct slice s, uint64_t *out)
{
	static const struct unit units[] = {
		{{"", 0}, 1},		{{"B", 1}, 1},	     {{"k", 1}, 1 << 10},
		{{"K", 1}, 1 << 10},	{{"M", 1}, 1 << 20}, {{"G", 1}, 1 << 30},
		{{"T", 1}, 1ULL << 40},
	};
	size_t n = digit_count(s);
	struct slice unit = slice_n(s.ptr + n, s.len - n);
	uint64_t value, factor;

	/* kB and KiB are k and K; but a lone B is the byte. */
	if ((unit.len == 3 && slice_ends(unit, SLICE("iB"))) ||
	    (unit.len == 2 && slice_ends(unit, SLICE("B"))))
		unit.len = unit.ptr[0] == 'B' ? unit.len : 1;
	if (!digits(slice_n(s.ptr, n), UINT64_MAX, &value) ||
	    !unit_factor(units, sizeof(units) / sizeof(*units), unit, &factor) ||
	    value > UINT64_MAX / factor)
		return false;
	*out = value * factor;
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool parse_percent(struct slice s, char *out, size_t *len)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '%') {
			out[n++] = s.ptr[i];
			continue;
		}
		if (s.len - i < 3 || hex(s.ptr[i + 1]) < 0 || hex(s.ptr[i + 2]) < 0)
			return false;
		out[n++] = (char)(hex(s.ptr[i + 1]) * 16 + hex(s.ptr[i + 2]));
		i += 2;
	}
	*len = n;
	return true;
}
