#include "test.h"

#include "job/json.h"

static struct json parsed;
static cwork_error error;

static int parse(const char *text)
{
	error = (cwork_error){0};
	return json_parse(&parsed, slice_of(text), &error);
}

TEST(values_are_found_with_their_type_and_span)
{
	CHECK_INT(parse(" {\"a\":1} "), 0);
	CHECK_INT(parsed.type, JSON_OBJECT);
	CHECK_SLICE(parsed.span, SLICE("{\"a\":1}"));
	CHECK_INT(parse("[1,[]]"), 0);
	CHECK_INT(parsed.type, JSON_ARRAY);
	CHECK_INT(parse("\"x\""), 0);
	CHECK_INT(parsed.type, JSON_STRING);
	CHECK_SLICE(parsed.span, SLICE("\"x\""));
	CHECK_INT(parse("-1.5e+3"), 0);
	CHECK_INT(parsed.type, JSON_NUMBER);
	CHECK_INT(parse("true"), 0);
	CHECK_INT(parsed.type, JSON_BOOL);
	CHECK_INT(parse("null"), 0);
	CHECK_INT(parsed.type, JSON_NULL);
}

TEST(what_is_not_json_is_refused_and_the_error_tells_where)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "invalid JSON at byte 0: unexpected end"},
		{"  ", "invalid JSON at byte 2: unexpected end"},
		{"hello", "invalid JSON at byte 0: a value can't begin like this"},
		{"nul", "invalid JSON at byte 0: a value can't begin like this"},
		{"[1,]", "invalid JSON at byte 3: a value can't begin like this"},
		{"{\"a\":1,}", "invalid JSON at byte 7: a member's name must be a string"},
		{"{\"a\" 1}", "invalid JSON at byte 5: no colon after a member's name"},
		{"{\"a\":1 \"b\":2}", "invalid JSON at byte 7: no comma or } after a member"},
		{"[1 2]", "invalid JSON at byte 3: no comma or ] after an element"},
		{"[1}", "invalid JSON at byte 2: no comma or ] after an element"},
		{"{} {}", "invalid JSON at byte 3: something behind the value"},
		{"01", "invalid JSON at byte 1: something behind the value"},
		{"1.", "invalid JSON at byte 1: no digit after a decimal point"},
		{"-", "invalid JSON at byte 1: a digit is missing in a number"},
		{"1e+", "invalid JSON at byte 3: no digit in an exponent"},
		{"\"abc", "invalid JSON at byte 4: a string does not end"},
		{"\"a\nb\"", "invalid JSON at byte 2: a control character in a string"},
		{"\"\\x\"", "invalid JSON at byte 2: bad escape in a string"},
		{"\"\\u12\"", "invalid JSON at byte 2: bad \\u escape in a string"},
		{"\"\\", "invalid JSON at byte 2: a string does not end"},
		{"\xef\xbb\xbf{}", "invalid JSON at byte 0: a value can't begin like this"},
		{"{/**/}", "invalid JSON at byte 1: a member's name must be a string"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK_INT(parse(cases[i].text), CWORK_E_BAD_JSON);
		CHECK_STR(error.text, cases[i].why);
	}
}

TEST(a_nul_is_a_character_like_any_other_and_allowed_nowhere)
{
	CHECK_INT(json_parse(&parsed, SLICE("{}\0"), NULL), CWORK_E_BAD_JSON);
	CHECK_INT(json_parse(&parsed, SLICE("\"a\0b\""), NULL), CWORK_E_BAD_JSON);
	CHECK_INT(json_parse(&parsed, SLICE("\"\\\0\""), NULL), CWORK_E_BAD_JSON);
}

TEST(no_text_at_all_is_refused)
{
	CHECK_INT(json_parse(&parsed, (struct slice){0}, NULL), CWORK_E_BAD_JSON);
}

/* DEPTH arrays in each other, in memory of the test's own. */
static struct slice nested(struct strbuf *b, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		strbuf_append_char(b, '[');
	for (size_t i = 0; i < depth; i++)
		strbuf_append_char(b, ']');
	return strbuf_slice(b);
}

TEST(text_nests_as_deep_as_go_reads_and_no_deeper)
{
	own_by(strbuf_freep) struct strbuf deep = {0}, deeper = {0};

	CHECK_INT(json_parse(&parsed, nested(&deep, 10000), NULL), 0);
	CHECK_INT(json_parse(&parsed, nested(&deeper, 10001), &error), CWORK_E_BAD_JSON);
	CHECK_STR(error.text, "invalid JSON at byte 10000: nested too deep");
}

TEST(every_special_character_is_seen_wherever_it_stands)
{
	char text[40];

	for (int at = 1; at < 30; at++) {
		memset(text, 'x', sizeof(text));
		text[0] = text[31] = '"';
		text[at] = '\x1f';
		CHECK_INT(json_parse(&parsed, slice_n(text, 32), NULL), CWORK_E_BAD_JSON);
		text[at] = '"';
		CHECK_INT(json_parse(&parsed, slice_n(text, (size_t)at + 1), NULL), 0);
		CHECK_INT(parsed.span.len, at + 1);
		text[at] = '\xff';
		CHECK_INT(json_parse(&parsed, slice_n(text, 32), NULL), 0);
		CHECK(parsed.bad_utf8 && !parsed.escaped);
		text[at] = '\\';
		text[at + 1] = 'n';
		text[31] = '"';
		CHECK_INT(json_parse(&parsed, slice_n(text, 32), NULL), 0);
		CHECK(parsed.escaped && !parsed.bad_utf8);
	}
}

TEST(a_walk_visits_members_in_their_order)
{
	struct json_walk walk;
	struct json key, value;

	CHECK_INT(parse("{ \"a\" : [1] , \"b\":{\"c\":2},\"a\":null }"), 0);
	walk = json_walk(&parsed);
	CHECK(json_next(&walk, &key, &value));
	CHECK(json_string_is(&key, SLICE("a")));
	CHECK_SLICE(value.span, SLICE("[1]"));
	CHECK(json_next(&walk, &key, &value));
	CHECK(json_string_is(&key, SLICE("b")));
	CHECK_SLICE(value.span, SLICE("{\"c\":2}"));
	CHECK(json_next(&walk, &key, &value));
	CHECK_INT(value.type, JSON_NULL);
	CHECK(!json_next(&walk, &key, &value));
	CHECK(!json_next(&walk, &key, &value));
}

TEST(a_walk_through_an_empty_container_ends_at_once)
{
	struct json_walk walk;
	struct json key, value;

	CHECK_INT(parse("[ ]"), 0);
	walk = json_walk(&parsed);
	CHECK(!json_next(&walk, &key, &value));
	CHECK_INT(parse("{}"), 0);
	walk = json_walk(&parsed);
	CHECK(!json_next(&walk, &key, &value));
}

TEST(only_integer_literals_are_integers)
{
	int64_t i;
	uint64_t u;

	parse("-9223372036854775808");
	CHECK(json_int64(&parsed, &i) && i == INT64_MIN);
	parse("9223372036854775808");
	CHECK(!json_int64(&parsed, &i));
	CHECK(json_uint64(&parsed, &u) && u == (uint64_t)1 << 63);
	parse("18446744073709551616");
	CHECK(!json_uint64(&parsed, &u));
	parse("1.0");
	CHECK(!json_int64(&parsed, &i) && !json_uint64(&parsed, &u));
	parse("1e3");
	CHECK(!json_int64(&parsed, &i));
	parse("-0");
	CHECK(json_int64(&parsed, &i) && i == 0);
}
