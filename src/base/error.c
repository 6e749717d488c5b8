/* Filling the caller's cwork_error, and what the codes mean. */
#include "base/error.h"

#include "base/printable.h"
#include <stdarg.h>
#include <stdio.h>

/* Returns the bytes written. */
static size_t set_text(cwork_error *err, const char *format, va_list args)
{
	char text[sizeof(err->text)];

	vsnprintf(text, sizeof(text), format, args);
	return printable(err->text, sizeof(err->text), slice_of(text));
}

static void add_reason(cwork_error *err, size_t len, const char *reason)
{
	len += printable(err->text + len, sizeof(err->text) - len, SLICE(": "));
	printable(err->text + len, sizeof(err->text) - len, slice_of(reason));
}

int error_set(cwork_error *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	return code;
}

int error_errno(cwork_error *err, int errnum, const char *format, ...)
{
	char why[96] = "";
	va_list args;
	size_t len;

	if (!err)
		return CWORK_E_SYSTEM;
	err->code = CWORK_E_SYSTEM;
	va_start(args, format);
	len = set_text(err, format, args);
	va_end(args);
	add_reason(err, len, strerror_r(errnum, why, sizeof(why)));
	return CWORK_E_SYSTEM;
}

int error_prefix(cwork_error *err, int code, const char *format, ...)
{
	cwork_error reason;
	va_list args;
	size_t len;

	if (!err)
		return code;
	reason = *err;
	err->code = code;
	va_start(args, format);
	len = set_text(err, format, args);
	va_end(args);
	add_reason(err, len, reason.text);
	return code;
}

const char *cwork_strerror(int code)
{
	static const char *const texts[] = {
		[0] = "done",
		[-CWORK_E_NOMEM] = "out of memory",
		[-CWORK_E_INVALID] = "bad argument",
		[-CWORK_E_BAD_NAME] = "bad job name",
		[-CWORK_E_BAD_JSON] = "bad JSON",
		[-CWORK_E_TOO_LARGE] = "too large",
		[-CWORK_E_SYSTEM] = "a system call failed",
		[-CWORK_E_STATE] = "not possible in this state",
		[-CWORK_E_CONNECT] = "can't reach Redis",
		[-CWORK_E_UNKNOWN] = "no answer from Redis: done or not done",
		[-CWORK_E_AUTH] = "Redis refused the credentials or lacks a permission",
		[-CWORK_E_FULL] = "Redis refuses writes",
		[-CWORK_E_BUSY] = "Redis can't serve now",
		[-CWORK_E_READONLY] = "Redis is a read-only replica",
		[-CWORK_E_WRONG_TYPE] = "a key holds another type",
		[-CWORK_E_REDIS] = "Redis answered with an error",
		[-CWORK_E_PROTOCOL] = "not an answer that Redis gives",
		[-CWORK_E_FENCED] = "this pool was declared dead",
	};

	if (code == CWORK_DUPLICATE)
		return "refused as a duplicate";
	if (code == CWORK_NOT_FOUND)
		return "nothing matched";
	if (code == CWORK_UNFINISHED)
		return "handlers are still running";
	if (code > 0 || (size_t)-code >= sizeof(texts) / sizeof(*texts))
		return "unknown result";
	return texts[-code];
}

int cwork_error_is_transient(int code)
{
	return code == CWORK_E_CONNECT || code == CWORK_E_FULL || code == CWORK_E_BUSY ||
	       code == CWORK_E_READONLY;
}
