/* Choosing queues by weight (wire-format.md §14.1). */
#include "pool/sampler.h"

#include "harness/test.h"
#include <string.h>

#define ROUNDS 20000

static struct sampler sampler(const unsigned *weights, unsigned count)
{
	/* A fixed seed: the bounds below are some five standard deviations wide. */
	return (struct sampler){.random = {{1, 2}}, .weights = weights, .count = count};
}

TEST(every_index_has_one_place)
{
	static const unsigned weights[] = {5, 1, 1, 100000, 7};
	struct sampler s = sampler(weights, 5);
	unsigned order[5];

	for (int i = 0; i < 100; i++) {
		unsigned seen = 0;

		sampler_order(&s, order);
		for (int k = 0; k < 5; k++)
			seen |= 1u << order[k];
		CHECK_INT(seen, 31);
	}
}

TEST(the_first_place_follows_the_weights)
{
	static const unsigned weights[] = {1, 2, 7};
	struct sampler s = sampler(weights, 3);
	unsigned order[3], first[3] = {0};

	for (int i = 0; i < ROUNDS; i++) {
		sampler_order(&s, order);
		first[order[0]]++;
	}
	CHECK_MSG(first[0] > 1780 && first[0] < 2220, "%u", first[0]);
	CHECK_MSG(first[1] > 3700 && first[1] < 4300, "%u", first[1]);
	CHECK_MSG(first[2] > 13650 && first[2] < 14350, "%u", first[2]);
}

TEST(the_second_place_follows_the_weights_of_the_rest)
{
	static const unsigned weights[] = {1, 2, 1000000};
	struct sampler s = sampler(weights, 3);
	unsigned order[3], second[3] = {0};

	for (int i = 0; i < ROUNDS; i++) {
		sampler_order(&s, order);
		second[order[1]]++;
	}
	CHECK_MSG(second[0] > 6300 && second[0] < 7030, "%u", second[0]);
}

TEST(what_is_wanted_is_spread_whole_and_by_weight)
{
	static const unsigned weights[] = {1, 9};
	struct sampler s = sampler(weights, 2);
	unsigned long total[2] = {0};

	for (int i = 0; i < ROUNDS; i++) {
		unsigned shares[2] = {0};

		sampler_spread(&s, 10, 3, shares);
		CHECK_INT(shares[0] + shares[1], 10);
		total[0] += shares[0];
		total[1] += shares[1];
	}
	CHECK_MSG(total[0] > 18500 && total[0] < 21500, "%lu", total[0]);
}
