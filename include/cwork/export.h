/* What every other chapter needs: visibility, C++ linkage, compiler attributes, the version. */
#ifndef CWORK_EXPORT_H
#define CWORK_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CWORK_BEGIN_DECLS extern "C" {
#define CWORK_END_DECLS }
#else
#define CWORK_BEGIN_DECLS
#define CWORK_END_DECLS
#endif

#if defined(__GNUC__)
#define CWORK_API __attribute__((visibility("default")))
#define CWORK_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define CWORK_API
#define CWORK_PRINTF(fmt, first)
#endif

/* Bytes of an identifier made by cwork (24 hex digits), with its terminator. */
#define CWORK_ID_SIZE 25

#define CWORK_VERSION "0.1.0"

CWORK_BEGIN_DECLS

/* Return the version of the library that runs, as static text ("0.1.0"). */
CWORK_API const char *cwork_version(void);

CWORK_END_DECLS

#endif
