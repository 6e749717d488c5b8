/* The tests' vocabulary: running what was registered, and TAP on standard output. */
#include "test.h"

#include "base/clock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MAX_TESTS 512
#define SOON_MS 20000

static struct {
	const char *name;
	test_fn *fn;
} tests[MAX_TESTS];
static int test_count;

static bool failed;
static const char *skipped;
static jmp_buf leave;

void test_register(const char *name, test_fn *fn)
{
	if (test_count == MAX_TESTS)
		abort();
	tests[test_count].name = name;
	tests[test_count++].fn = fn;
}

void test_failed(const char *file, int line, const char *format, ...)
{
	va_list args;

	failed = true;
	printf("# %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

void test_skip(const char *why)
{
	skipped = why;
	longjmp(leave, 1);
}

bool test_is_slow(void)
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
	return true;
#else
	return getenv("CWORK_TEST_SLOW") != NULL;
#endif
}

bool test_check_int(const char *file, int line, const char *what, intmax_t got, intmax_t want)
{
	if (got == want)
		return true;
	test_failed(file, line, "%s is %jd, not %jd", what, got, want);
	return false;
}

static void print_bytes(struct slice s)
{
	size_t most = s.len < 400 ? s.len : 400;

	for (size_t i = 0; i < most; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
			printf("\\x%02x", (unsigned char)s.ptr[i]);
		else
			putchar(s.ptr[i]);
	printf(s.len > most ? "… (%zu bytes)\n" : "\n", s.len);
}

bool test_check_bytes(const char *file, int line, const char *what, struct slice got,
		      struct slice want)
{
	if (slice_equal(got, want))
		return true;
	test_failed(file, line, "%s differs", what);
	printf("#   got:  ");
	print_bytes(got);
	printf("#   want: ");
	print_bytes(want);
	return false;
}

int64_t test_deadline_ms(void)
{
	const char *torture = getenv("CWORK_TORTURE");
	int longer = torture && strcmp(torture, "full") == 0 ? 10 : 1;

	return clock_mono_ms() + SOON_MS * longer * (test_is_slow() ? 5 : 1);
}

bool test_wait_a_little(int64_t deadline_ms)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	return clock_mono_ms() < deadline_ms;
}

static bool wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(name, argv[i]) == 0)
			return true;
	return argc < 2;
}

static bool run(int number, int i)
{
	failed = false;
	skipped = NULL;
	if (setjmp(leave) == 0)
		tests[i].fn();
	printf("%sok %d - %s", failed ? "not " : "", number, tests[i].name);
	printf(skipped ? " # SKIP %s\n" : "\n", skipped);
	fflush(stdout);
	return !failed;
}

int main(int argc, char **argv)
{
	int number = 0, failures = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < test_count; i++)
		if (wanted(tests[i].name, argc, argv))
			failures += !run(++number, i);
	printf("1..%d\n", number);
	return failures > 0;
}
