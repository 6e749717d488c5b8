/* Filling the caller's cwork_error. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <cwork/error.h>

/* Set *ERR (may be NULL) to CODE and the text, made printable and cut to fit; returns CODE. */
int error_set(cwork_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for CWORK_E_SYSTEM with ": " and the text of ERRNUM added. */
int error_errno(cwork_error *err, int errnum, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Put text and ": " in front of what *ERR says; returns its code. */
int error_prefix(cwork_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* CWORK_E_NOMEM with its text. Inline, so that analysers see that it is below zero. */
static inline int error_nomem(cwork_error *err)
{
	error_set(err, CWORK_E_NOMEM, "out of memory");
	return CWORK_E_NOMEM;
}

#endif
