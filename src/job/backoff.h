/* The default delay before a failed job is tried again (wire-format.md §7.5). */
#ifndef JOB_BACKOFF_H
#define JOB_BACKOFF_H

#include "base/random.h"

/* Seconds for a job that has failed FAILS times, this one included; never negative, never
 * overflows. */
int64_t backoff_default_s(int64_t fails, struct random *r);

#endif
