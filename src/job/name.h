/* Which job names may be used (rule R9, docs/guarantees.md). */
#ifndef JOB_NAME_H
#define JOB_NAME_H

#include "base/slice.h"
#include <cwork/error.h>

/*
 * BAD_NAME, saying why, for names that are empty, over 200 bytes, not UTF-8,
 * have a comma, a colon or control characters, or end in a reserved suffix.
 */
int name_check(struct slice name, cwork_error *err);

#endif
