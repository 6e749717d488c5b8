/* Choosing queues by weight (wire-format.md §14.1). */
#ifndef POOL_SAMPLER_H
#define POOL_SAMPLER_H

#include "base/random.h"

struct sampler {
	struct random random;
	const unsigned *weights; /* borrowed; each at least 1 */
	unsigned count;
};

/*
 * Put all indices into ORDER, at random by weight without replacement: the
 * first place goes to each with probability weight / sum, the next among the
 * rest the same way.
 */
void sampler_order(struct sampler *s, unsigned *order);

/*
 * Spread WANT over DRAWS draws by weight (with replacement), each worth an
 * equal share: add to SHARES (count of them, zeroed by the caller). In the long
 * run every queue gets its weight's part of all that was wanted.
 */
void sampler_spread(struct sampler *s, unsigned want, unsigned draws, unsigned *shares);

#endif
