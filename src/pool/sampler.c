/* Choosing queues by weight. */
#include "pool/sampler.h"

static uint64_t total_weight(const struct sampler *s)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < s->count; i++)
		sum += s->weights[i];
	return sum;
}

void sampler_order(struct sampler *s, unsigned *order)
{
	uint64_t left = total_weight(s);

	for (unsigned i = 0; i < s->count; i++)
		order[i] = i;
	for (unsigned place = 0; place + 1 < s->count; place++) {
		uint64_t ticket = random_below(&s->random, left);
		unsigned chosen = place, index;

		while (ticket >= s->weights[order[chosen]])
			ticket -= s->weights[order[chosen++]];
		index = order[chosen];
		order[chosen] = order[place];
		order[place] = index;
		left -= s->weights[index];
	}
}

static unsigned draw(struct sampler *s, uint64_t sum)
{
	uint64_t ticket = random_below(&s->random, sum);
	unsigned i = 0;

	while (ticket >= s->weights[i])
		ticket -= s->weights[i++];
	return i;
}

void sampler_spread(struct sampler *s, unsigned want, unsigned draws, unsigned *shares)
{
	uint64_t sum = total_weight(s);

	for (unsigned i = 0; i < draws; i++)
		shares[draw(s, sum)] += want / draws + (i < want % draws);
}
