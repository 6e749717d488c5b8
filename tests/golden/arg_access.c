/* arg_access.json: typed reading of arguments, values and error texts. */
#include "golden.h"
#include "job/args.h"
#include <stdlib.h>

static bool same_error(struct arena *a, const struct json *c, const char *error)
{
	struct slice want = vectors_text(a, c, "error");

	if (!want.ptr)
		return !error || golden_fail("unexpected error: %s", error);
	return golden_same("error", slice_of(error), want);
}

static bool check_string(struct arena *a, const struct json *c, struct slice args, struct slice key,
			 enum args_numbers numbers, const char **error)
{
	struct slice value;

	args_string(args, key, numbers, a, &value, error);
	return golden_same("value", value, vectors_text(a, c, "value"));
}

static bool check_int64(struct arena *a, const struct json *c, struct slice args, struct slice key,
			enum args_numbers numbers, const char **error)
{
	int64_t value, want = vectors_int(a, c, "value");

	args_int64(args, key, numbers, a, &value, error);
	return value == want ||
	       golden_fail("value is %lld, not %lld", (long long)value, (long long)want);
}

static bool check_double(struct arena *a, const struct json *c, struct slice args, struct slice key,
			 enum args_numbers numbers, const char **error)
{
	struct slice bits = vectors_text(a, c, "float_bits");
	uint64_t want = strtoull(arena_copy(a, bits), NULL, 16), got;
	double value;

	args_double(args, key, numbers, a, &value, error);
	memcpy(&got, &value, sizeof(got));
	return got == want || golden_fail("bits are %016llx, not %016llx", (unsigned long long)got,
					  (unsigned long long)want);
}

static bool check_bool(struct arena *a, const struct json *c, struct slice args, struct slice key,
		       enum args_numbers numbers, const char **error)
{
	bool value, want = vectors_bool(c, "value");

	args_bool(args, key, numbers, a, &value, error);
	return value == want || golden_fail("value is %d, not %d", value, want);
}

static bool check_access(struct arena *a, const struct json *c, struct slice args,
			 enum args_numbers numbers, const char **error)
{
	struct slice accessor = vectors_text(a, c, "accessor"), key = vectors_text(a, c, "key");

	if (slice_equal(accessor, SLICE("string")))
		return check_string(a, c, args, key, numbers, error);
	if (slice_equal(accessor, SLICE("int64")))
		return check_int64(a, c, args, key, numbers, error);
	if (slice_equal(accessor, SLICE("float64")))
		return check_double(a, c, args, key, numbers, error);
	if (slice_equal(accessor, SLICE("bool")))
		return check_bool(a, c, args, key, numbers, error);
	return golden_fail("unknown accessor");
}

/* The args' text; none for null. */
static struct slice args_of(struct arena *a, const struct json *c)
{
	struct slice text = vectors_text(a, c, "args");

	return slice_equal(text, SLICE("null")) ? (struct slice){0} : text;
}

static bool check_case(struct arena *a, const struct json *c)
{
	bool typed = slice_equal(vectors_text(a, c, "numbers"), SLICE("typed"));
	const char *error = NULL;

	return check_access(a, c, args_of(a, c), typed ? ARGS_TYPED : ARGS_FLOAT64, &error) &&
	       same_error(a, c, error);
}

static bool check_sequence(struct arena *a, const struct json *c)
{
	struct slice args = args_of(a, c);
	const char *error = NULL;
	struct json steps, step, key;
	struct json_walk walk;

	if (!vectors_get(c, "steps", &steps))
		return golden_fail("no steps");
	walk = json_walk(&steps);
	while (json_next(&walk, &key, &step))
		if (!check_access(a, &step, args, ARGS_FLOAT64, &error) ||
		    !same_error(a, &step, error))
			return false;
	return true;
}

void golden_arg_access(struct arena *a, const char *file, const struct json *root)
{
	golden_each(a, file, root, "cases", check_case);
	golden_each(a, file, root, "sequences", check_sequence);
}
