/* UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef JOB_UTF8_H
#define JOB_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffd

/* Bytes of the valid sequence that P (LEN > 0 bytes) begins with; 0 if there is none. */
size_t utf8_length(const char *p, size_t len);
/* Write a character; returns its bytes, at most 4. */
size_t utf8_encode(uint32_t c, char *out);

#endif
