/* The default delay before a failed job is tried again. */
#include "job/backoff.h"

/* 5000^4 seconds is beyond any time: more would only overflow. */
#define MOST_FAILS 5000

int64_t backoff_default_s(int64_t fails, struct random *r)
{
	if (fails < 0)
		fails = 0;
	if (fails > MOST_FAILS)
		fails = MOST_FAILS;
	return fails * fails * fails * fails + 15 + (int64_t)random_below(r, 30) * (fails + 1);
}
