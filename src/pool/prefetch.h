/*
 * How many jobs to keep at hand. A job that waits in this pool is one that an
 * idle pool elsewhere could run, so the bound is time: what this pool finishes
 * in about two milliseconds at the rate it has measured.
 */
#ifndef POOL_PREFETCH_H
#define POOL_PREFETCH_H

#include <stdint.h>

struct prefetch {
	int setting; /* CWORK_PREFETCH_*, or a number of jobs */
	unsigned concurrency;
	double mean_ns;	   /* of the jobs lately finished */
	unsigned measured; /* how many of them, up to the window */
};

/* Count a finished job that ran for NS. */
void prefetch_measure(struct prefetch *p, int64_t ns);
/* Jobs to keep at hand beyond those that the idle workers take at once. */
unsigned prefetch_depth(const struct prefetch *p);

#endif
