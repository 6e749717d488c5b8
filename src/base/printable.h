/*
 * Text that came from Redis, a file or a handler, made fit to be shown: one
 * line, nothing that a terminal or a log reader may act on.
 */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include "base/slice.h"

/*
 * Write S to OUT (SIZE > 0 bytes, always terminated), cut between characters.
 * Control characters, direction overrides and bytes that are not UTF-8 are
 * written as \n, \r, \t or \xNN. Returns the bytes written.
 */
size_t printable(char *out, size_t size, struct slice s);

#endif
