/*
 * What we write and read against what the Go library wrote and read: the
 * recorded vectors, one TAP line a case. Takes the names of the files to check;
 * a file that is not in the folder is reported as absent.
 */
#include "golden.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int number, failures, files;

static void print_bytes(const char *what, struct slice s)
{
	printf("#   %s ", what);
	for (size_t i = 0; i < s.len && i < 600; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
			printf("\\x%02x", (unsigned char)s.ptr[i]);
		else
			putchar(s.ptr[i]);
	printf("\n");
}

void golden_case(struct arena *a, const char *file, const struct json *c, bool ok)
{
	struct slice id = vectors_text(a, c, "id");

	failures += !ok;
	printf("%sok %d - %s %.*s\n", ok ? "" : "not ", ++number, file, (int)id.len, id.ptr);
}

bool golden_same(const char *what, struct slice got, struct slice want)
{
	if (slice_equal(got, want))
		return true;
	printf("# %s differs\n", what);
	print_bytes("got ", got);
	print_bytes("want", want);
	return false;
}

bool golden_fail(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	return false;
}

void golden_each(struct arena *a, const char *file, const struct json *root, const char *list,
		 bool (*check)(struct arena *a, const struct json *c))
{
	struct json cases, c, key;
	struct json_walk walk;

	if (!vectors_get(root, list, &cases))
		return;
	walk = json_walk(&cases);
	while (json_next(&walk, &key, &c)) {
		struct arena own_arena = {0};

		golden_case(a, file, &c, check(&own_arena, &c));
		arena_free(&own_arena);
	}
}

static const struct {
	const char *file;
	void (*check)(struct arena *a, const char *file, const struct json *root);
} checks[] = {
	{"job_encoding.json", golden_job_encoding},
	{"unique_keys.json", golden_unique_keys},
	{"arg_access.json", golden_arg_access},
};

/* A file without any case would prove nothing. */
static void check_file(struct arena *a, const char *file, const struct json *root,
		       void (*check)(struct arena *a, const char *file, const struct json *root))
{
	int before = number;

	check(a, file, root);
	if (number > before)
		return;
	printf("not ok %d - %s has no cases\n", ++number, file);
	failures++;
}

int main(void)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		struct arena a = {0};
		struct json root;

		if (vectors_load(&a, checks[i].file, &root)) {
			files++;
			check_file(&a, checks[i].file, &root, checks[i].check);
		} else {
			printf("ok %d - %s # SKIP absent from %s\n", ++number, checks[i].file,
			       vectors_folder());
		}
		arena_free(&a);
	}
	if (files == 0) {
		printf("not ok %d - no vectors in %s\n", ++number, vectors_folder());
		failures++;
	}
	printf("1..%d\n", number);
	return failures > 0;
}
