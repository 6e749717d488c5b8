/* How many jobs to keep at hand. */
#include "pool/prefetch.h"

#include <cwork/pool.h>

#define HORIZON_NS 2e6
#define MOST 1000
#define WINDOW 128 /* jobs that the mean remembers */

void prefetch_measure(struct prefetch *p, int64_t ns)
{
	if (p->measured < WINDOW)
		p->measured++;
	p->mean_ns += ((double)ns - p->mean_ns) / p->measured;
}

unsigned prefetch_depth(const struct prefetch *p)
{
	double depth;

	if (p->setting == CWORK_PREFETCH_OFF)
		return 0;
	if (p->setting > 0)
		return (unsigned)p->setting;
	if (p->measured == 0)
		return 0;
	depth = p->concurrency * (HORIZON_NS / (p->mean_ns + 1) - 1);
	if (depth <= 0)
		return 0;
	return depth < MOST ? (unsigned)depth : MOST;
}
