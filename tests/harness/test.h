/*
 * The tests' vocabulary. A test program is a list of sentences:
 *
 *	TEST(keys_do_not_double_a_trailing_colon)
 *	{
 *		CHECK_STR(key_jobs("work:", "send_email"), "work:jobs:send_email");
 *	}
 *
 * A failed CHECK prints where and what, marks the test failed, and leaves the
 * test function. The program prints TAP; arguments name the tests to run.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include "base/slice.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

typedef void test_fn(void);

/* Called before main, once for each test, in the order they stand in the file. */
void test_register(const char *name, test_fn *fn);
/* Record a failure of the running test. */
void test_failed(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Leave the running test as skipped, for a reason that is printed. Say why; never for convenience.
 */
void test_skip(const char *why) __attribute__((noreturn));
/* True when memory-checking tools run, which make everything some 20 times slower. */
bool test_is_slow(void);

#define TEST(name)                                                                                 \
	static void test_##name(void);                                                             \
	__attribute__((constructor)) static void register_##name(void)                             \
	{                                                                                          \
		test_register(#name, test_##name);                                                 \
	}                                                                                          \
	static void test_##name(void)

bool test_check_int(const char *file, int line, const char *what, intmax_t got, intmax_t want);
bool test_check_bytes(const char *file, int line, const char *what, struct slice got,
		      struct slice want);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			test_failed(__FILE__, __LINE__, "%s", #condition);                         \
			return;                                                                    \
		}                                                                                  \
	} while (0)
/* Like CHECK, with a text that helps. */
#define CHECK_MSG(condition, ...)                                                                  \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			test_failed(__FILE__, __LINE__, __VA_ARGS__);                              \
			return;                                                                    \
		}                                                                                  \
	} while (0)
#define CHECK_INT(got, want)                                                                       \
	do {                                                                                       \
		if (!test_check_int(__FILE__, __LINE__, #got, (intmax_t)(got), (intmax_t)(want)))  \
			return;                                                                    \
	} while (0)
#define CHECK_STR(got, want)                                                                       \
	do {                                                                                       \
		if (!test_check_bytes(__FILE__, __LINE__, #got, slice_of(got), slice_of(want)))    \
			return;                                                                    \
	} while (0)
#define CHECK_SLICE(got, want)                                                                     \
	do {                                                                                       \
		if (!test_check_bytes(__FILE__, __LINE__, #got, (got), (want)))                    \
			return;                                                                    \
	} while (0)
/* Wait, up to some generous seconds, until CONDITION holds; fails when it does not. */
#define CHECK_SOON(condition)                                                                      \
	do {                                                                                       \
		int64_t until_ = test_deadline_ms();                                               \
		bool held_;                                                                        \
		while (!(held_ = (condition)) && test_wait_a_little(until_))                       \
			;                                                                          \
		CHECK_MSG(held_, "not in time: %s", #condition);                                   \
	} while (0)
int64_t test_deadline_ms(void);
/* Sleep a millisecond; false when DEADLINE_MS has passed. */
bool test_wait_a_little(int64_t deadline_ms);

#endif
