/* Randomness. The generator is xoroshiro128+ (Blackman, Vigna), seeded by splitmix64's constants.
 */
#include "base/random.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void fill(char *out, size_t len)
{
	while (len > 0) {
		ssize_t n = getrandom(out, len, 0);

		if (n < 0 && errno != EINTR)
			abort(); /* no id may ever be guessable or repeated */
		if (n > 0) {
			out += n;
			len -= (size_t)n;
		}
	}
}

/* An id needs 12 bytes and a system call costs a microsecond: draw for 40 ids at once. */
static _Thread_local char block[480];
static _Thread_local size_t left;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A child must not hand out what its parent will. Only the thread that forked lives on in it. */
static void forget_block(void)
{
	left = 0;
}

static void watch_forks(void)
{
	if (pthread_atfork(NULL, NULL, forget_block) != 0)
		abort();
}

void random_bytes(void *out, size_t len)
{
	if (len > sizeof(block)) {
		fill(out, len);
		return;
	}
	if (left < len) {
		pthread_once(&once, watch_forks);
		fill(block, sizeof(block));
		left = sizeof(block);
	}
	left -= len;
	memcpy(out, block + left, len);
	memset(block + left, 0, len);
}

void random_seed(struct random *r)
{
	do
		fill((char *)r->state, sizeof(r->state));
	while (r->state[0] == 0 && r->state[1] == 0);
}

static uint64_t rotate(uint64_t x, int bits)
{
	return (x << bits) | (x >> (64 - bits));
}

uint64_t random_next(struct random *r)
{
	uint64_t a = r->state[0], b = r->state[1], out = a + b;

	b ^= a;
	r->state[0] = rotate(a, 24) ^ b ^ (b << 16);
	r->state[1] = rotate(b, 37);
	return out;
}

uint64_t random_below(struct random *r, uint64_t bound)
{
	/* Values under this limit would favour the first ones. */
	uint64_t limit = (0 - bound) % bound, value;

	do
		value = random_next(r);
	while (value < limit);
	return value % bound;
}
