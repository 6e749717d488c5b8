/* Durations and times as people type them. */
#include "duration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t unit_seconds(char unit)
{
	switch (unit) {
	case 's':
	case '\0':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 604800;
	default:
		return 0;
	}
}

bool parse_seconds(const char *text, int64_t *out)
{
	int64_t total = 0;

	do {
		char *end;
		long long n;
		int64_t unit;

		if (*text < '0' || *text > '9')
			return false;
		n = strtoll(text, &end, 10);
		unit = unit_seconds(*end);
		if (unit == 0 || n > 100000000000 / unit)
			return false;
		total += n * unit;
		text = *end ? end + 1 : end;
	} while (*text);
	*out = total;
	return true;
}

/* What follows date and time: nothing (local), Z, or +hh:mm. */
static bool parse_zone(const char *text, struct tm *tm, int64_t *out)
{
	int hours, minutes, used = 0;
	char sign;

	if (!*text) {
		tm->tm_isdst = -1;
		*out = mktime(tm);
		return true;
	}
	*out = timegm(tm);
	if (strcmp(text, "Z") == 0)
		return true;
	if (sscanf(text, "%c%2d:%2d%n", &sign, &hours, &minutes, &used) != 3 || text[used] ||
	    (sign != '+' && sign != '-'))
		return false;
	*out -= (sign == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
	return true;
}

bool parse_time(const char *text, int64_t *out)
{
	static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S",
					    "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"};
	char *end;

	*out = strtoll(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end)
		return true;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm = {0};
		const char *rest = strptime(text, forms[i], &tm);

		if (rest && parse_zone(rest, &tm, out))
			return true;
	}
	return false;
}
