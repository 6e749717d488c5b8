#include "test.h"

#include "job/args.h"

static struct arena arena;
static const char *error;

static const struct slice args =
	SLICE("{\"s\":\"a\\nb\",\"i\":7,\"d\":1.5,\"w\":5.0,\"b\":true,\"z\":null,"
	      "\"big\":9223372036854775807,\"u\":9223372036854775808,"
	      "\"a\":[1,\"x\",null],\"o\":{\"k\":1e6,\"b\":false},"
	      "\"twice\":1,\"twic\\u0065\":2}");

static int64_t int64(const char *key, enum args_numbers numbers)
{
	int64_t value;

	error = NULL;
	args_int64(args, slice_of(key), numbers, &arena, &value, &error);
	return value;
}

TEST(members_are_read_by_their_type)
{
	struct slice s;
	double d;
	bool b;

	error = NULL;
	CHECK(args_string(args, SLICE("s"), ARGS_EXACT, &arena, &s, &error));
	CHECK_SLICE(s, SLICE("a\nb"));
	CHECK(args_double(args, SLICE("d"), ARGS_EXACT, &arena, &d, &error) && d == 1.5);
	CHECK(args_double(args, SLICE("i"), ARGS_EXACT, &arena, &d, &error) && d == 7);
	CHECK(args_bool(args, SLICE("b"), ARGS_EXACT, &arena, &b, &error) && b);
	CHECK_INT(int64("i", ARGS_EXACT), 7);
	CHECK(error == NULL);
}

TEST(the_last_of_equal_keys_is_found)
{
	CHECK_INT(int64("twice", ARGS_EXACT), 2);
}

TEST(a_missing_key_is_told)
{
	struct slice s = {0};
	bool b = true;

	CHECK(!args_string(args, SLICE("no"), ARGS_EXACT, &arena, &s, &error));
	CHECK_STR(error, "looking for a string in job.Arg[no] but key wasn't found");
	CHECK_SLICE(s, SLICE(""));
	CHECK(!args_bool((struct slice){0}, SLICE("no"), ARGS_EXACT, &arena, &b, &error));
	CHECK_STR(error, "looking for a bool in job.Arg[no] but key wasn't found");
	CHECK(!b);
}

TEST(a_wrong_type_is_told_with_the_value)
{
	double d = 1;
	bool b = true;

	CHECK_INT(int64("s", ARGS_EXACT), 0);
	CHECK_STR(error,
		  "looking for a int64 in job.Arg[s] but value wasn't right type: string(a\nb)");
	CHECK(!args_double(args, SLICE("z"), ARGS_EXACT, &arena, &d, &error) && d == 0);
	CHECK_STR(error,
		  "looking for a float64 in job.Arg[z] but value wasn't right type: <nil>(<nil>)");
	CHECK(!args_bool(args, SLICE("a"), ARGS_EXACT, &arena, &b, &error) && !b);
	CHECK_STR(error, "looking for a bool in job.Arg[a] but value wasn't right type: "
			 "[]interface {}([1 x <nil>])");
	int64("o", ARGS_EXACT);
	CHECK_STR(error, "looking for a int64 in job.Arg[o] but value wasn't right type: "
			 "map[string]interface {}(map[b:false k:1e+06])");
	int64("d", ARGS_EXACT);
	CHECK_STR(error,
		  "looking for a int64 in job.Arg[d] but value wasn't right type: float64(1.5)");
}

TEST(integer_literals_are_exact_over_all_of_int64)
{
	CHECK_INT(int64("big", ARGS_EXACT), INT64_MAX);
	CHECK_INT(int64("w", ARGS_EXACT), 5);
	CHECK(error == NULL);
	CHECK_INT(int64("u", ARGS_EXACT), 0);
	CHECK_STR(error, "looking for a int64 in job.Arg[u] but value wasn't right type: "
			 "float64(9.223372036854776e+18)");
}

TEST(go_reads_a_stored_integer_only_within_its_bound)
{
	struct slice edge =
		SLICE("{\"a\":9007199254740892,\"b\":9007199254740893,\"c\":-9007199254740892,"
		      "\"z\":-0.0}");
	int64_t value;

	CHECK_INT(int64("big", ARGS_FLOAT64), 0);
	CHECK(error != NULL);
	CHECK(args_int64(edge, SLICE("a"), ARGS_FLOAT64, &arena, &value, &error));
	CHECK_INT(value, 9007199254740892);
	CHECK(!args_int64(edge, SLICE("b"), ARGS_FLOAT64, &arena, &value, &error));
	CHECK(args_int64(edge, SLICE("c"), ARGS_FLOAT64, &arena, &value, &error));
	CHECK(args_int64(edge, SLICE("z"), ARGS_FLOAT64, &arena, &value, &error));
	CHECK_INT(value, 0);
}

TEST(a_native_unsigned_integer_beyond_int64_is_a_wrong_type)
{
	CHECK_INT(int64("u", ARGS_TYPED), 0);
	CHECK_STR(error, "looking for a int64 in job.Arg[u] but value wasn't right type: "
			 "uint64(9223372036854775808)");
	CHECK_INT(int64("big", ARGS_TYPED), INT64_MAX);
}

TEST(a_read_that_fails_for_memory_leaves_a_text_too)
{
	struct arena full = {.limit = 1};
	int64_t value;
	struct slice s;

	error = NULL;
	CHECK(!args_int64(args, SLICE("no"), ARGS_EXACT, &full, &value, &error));
	CHECK_STR(error, "out of memory");
	error = NULL;
	CHECK(!args_int64(args, SLICE("s"), ARGS_EXACT, &full, &value, &error));
	CHECK_STR(error, "out of memory");
	error = NULL;
	CHECK(!args_string(args, SLICE("s"), ARGS_EXACT, &full, &s, &error));
	CHECK_STR(error, "out of memory");
}
