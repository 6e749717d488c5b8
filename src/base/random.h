/* Randomness: the system's secure generator for ids, a fast one for jitter and sampling. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fill with secure random bytes; small requests are served from a per-thread block, which a forked
 * child does not share. Aborts if the system has none. */
void random_bytes(void *out, size_t len);

/* A fast generator (not secure); each user has its own. */
struct random {
	uint64_t state[2];
};

void random_seed(struct random *r);
uint64_t random_next(struct random *r);
/* Uniform in 0..BOUND-1; BOUND > 0. */
uint64_t random_below(struct random *r, uint64_t bound);

#endif
