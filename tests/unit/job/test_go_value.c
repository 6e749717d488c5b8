#include "test.h"

#include "job/go_value.h"

static const char *shown(const char *text, bool typed)
{
	static struct strbuf out;
	struct json value;

	strbuf_clear(&out);
	if (json_parse(&value, slice_of(text), NULL) < 0)
		return "(not JSON)";
	strbuf_printf(&out, "%s(", go_value_type(&value, typed));
	go_value_write(&out, &value, typed);
	strbuf_append_char(&out, ')');
	return out.ptr;
}

TEST(values_are_shown_as_go_prints_them)
{
	CHECK_STR(shown("\"a \\\"b\\\" <c>\"", false), "string(a \"b\" <c>)");
	CHECK_STR(shown("true", false), "bool(true)");
	CHECK_STR(shown("null", false), "<nil>(<nil>)");
	CHECK_STR(shown("[]", false), "[]interface {}([])");
	CHECK_STR(shown("[1, \"b c\", [ ], {}]", false), "[]interface {}([1 b c [] map[]])");
	CHECK_STR(shown("{\"k2\":[null],\"k\":\"v\",\"k\":{\"x\":true}}", false),
		  "map[string]interface {}(map[k:map[x:true] k2:[<nil>]])");
}

TEST(numbers_are_doubles_unless_they_are_native)
{
	CHECK_STR(shown("1000000", false), "float64(1e+06)");
	CHECK_STR(shown("1000000", true), "int64(1000000)");
	CHECK_STR(shown("[1000000,18446744073709551615,1.0]", true),
		  "[]interface {}([1000000 18446744073709551615 1])");
	CHECK_STR(shown("18446744073709551615", true), "uint64(18446744073709551615)");
	CHECK_STR(shown("18446744073709551615", false), "float64(1.8446744073709552e+19)");
}
