/* Log lines to a callback. */
#include "base/log.h"

#include "base/clock.h"
#include "base/printable.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define LINE_BYTES 512
#define HELD_BYTES 48 /* of which the number of lines held back takes this many */
#define HEARD_EVERY_MS 1000

/* Is it time to be heard? *HELD gets the number of lines kept back since the last. */
static bool heard(struct log_limit *limit, int64_t *held)
{
	int64_t now = clock_mono_ms();
	int64_t last = __atomic_load_n(&limit->last_ms, __ATOMIC_RELAXED);

	if ((last && now - last < HEARD_EVERY_MS) ||
	    !__atomic_compare_exchange_n(&limit->last_ms, &last, now, false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED)) {
		__atomic_add_fetch(&limit->held, 1, __ATOMIC_RELAXED);
		return false;
	}
	*held = __atomic_exchange_n(&limit->held, 0, __ATOMIC_RELAXED);
	return true;
}

void log_line(const struct log *log, enum cwork_log_level level, struct log_limit *limit,
	      const char *format, ...)
{
	char text[LINE_BYTES], line[LINE_BYTES];
	int64_t held = 0;
	va_list args;
	size_t len;

	if (!log->fn || (limit && !heard(limit, &held)))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	len = printable(line, sizeof(line) - HELD_BYTES, slice_of(text));
	if (held > 0)
		snprintf(line + len, sizeof(line) - len, " (and %" PRId64 " more like it)", held);
	log->fn(level, line, log->data);
}
