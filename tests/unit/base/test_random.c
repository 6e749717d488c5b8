/* Randomness: never the same bytes twice, not even in a child. */
#include "test.h"

#include "base/random.h"
#include <sys/wait.h>
#include <unistd.h>

TEST(bytes_do_not_repeat)
{
	unsigned char ids[200][12];

	for (int i = 0; i < 200; i++)
		random_bytes(ids[i], sizeof(ids[i]));
	for (int a = 0; a < 200; a++)
		for (int b = 0; b < a; b++)
			CHECK(memcmp(ids[a], ids[b], sizeof(ids[a])) != 0);
}

TEST(more_than_a_block_at_once_is_filled_to_the_end)
{
	static unsigned char big[4096];
	int zeroes = 0;

	random_bytes(big, sizeof(big));
	for (size_t i = sizeof(big) - 512; i < sizeof(big); i++)
		zeroes += big[i] == 0;
	CHECK(zeroes < 100);
}

/* Four bytes as a forked child draws them. */
static bool draw_in_child(unsigned char out[4])
{
	int pipes[2];
	pid_t child;
	bool ok;

	if (pipe(pipes) < 0)
		return false;
	child = fork();
	if (child == 0) {
		random_bytes(out, 4);
		_exit(write(pipes[1], out, 4) != 4);
	}
	ok = read(pipes[0], out, 4) == 4;
	close(pipes[0]);
	close(pipes[1]);
	return waitpid(child, NULL, 0) == child && ok;
}

TEST(a_child_does_not_draw_what_its_parent_or_sibling_draws)
{
	unsigned char parent[4], one[4], two[4];

	random_bytes(parent, sizeof(parent)); /* the block is filled */
	CHECK(draw_in_child(one) && draw_in_child(two));
	random_bytes(parent, sizeof(parent));
	CHECK(memcmp(one, two, 4) != 0);
	CHECK(memcmp(parent, one, 4) != 0);
	CHECK(memcmp(parent, two, 4) != 0);
}

TEST(two_generators_go_different_ways)
{
	struct random a, b;

	random_seed(&a);
	random_seed(&b);
	CHECK(random_next(&a) != random_next(&b) || random_next(&a) != random_next(&b));
}

TEST(the_generator_is_xoroshiro128_plus)
{
	/* From the reference implementation, seeded with 1 and 2. */
	struct random r = {{1, 2}};

	CHECK(random_next(&r) == 3);
	CHECK(random_next(&r) == 412333834243);
	CHECK(random_next(&r) == 2360170716294286339);
}

TEST(values_below_a_bound_are_uniform)
{
	struct random r = {{1, 2}};
	int seen[6] = {0};

	for (int i = 0; i < 60000; i++) {
		uint64_t value = random_below(&r, 6);

		CHECK(value < 6);
		seen[value]++;
	}
	for (int i = 0; i < 6; i++)
		CHECK_MSG(seen[i] > 9500 && seen[i] < 10500, "%d came %d times", i, seen[i]);
}

TEST(bounds_at_both_ends_work)
{
	struct random r = {{1, 2}};

	CHECK_INT(random_below(&r, 1), 0);
	CHECK(random_below(&r, UINT64_MAX) < UINT64_MAX);
}
