/* A JSON value as Go prints it. */
#include "job/go_value.h"

#include "job/number.h"
#include <stdlib.h>

#define MAX_DEPTH 200

const char *go_value_type(const struct json *value, bool typed)
{
	int64_t i;
	uint64_t u;

	switch (value->type) {
	case JSON_STRING:
		return "string";
	case JSON_BOOL:
		return "bool";
	case JSON_NULL:
		return "<nil>";
	case JSON_ARRAY:
		return "[]interface {}";
	case JSON_OBJECT:
		return "map[string]interface {}";
	case JSON_NUMBER:
		break;
	}
	if (typed && json_int64(value, &i))
		return "int64";
	return typed && json_uint64(value, &u) ? "uint64" : "float64";
}

static void write_number(struct strbuf *out, const struct json *n, bool typed)
{
	int64_t i;
	uint64_t u;
	double d;

	if (typed && json_int64(n, &i))
		strbuf_append_int(out, i);
	else if (typed && json_uint64(n, &u))
		strbuf_append_uint(out, u);
	else if (json_double(n, &d))
		number_write_go_v(out, d);
}

struct member {
	struct slice key;
	struct json value;
	size_t place;
};

static int by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = slice_compare(x->key, y->key);

	return c ? c : (x->place > y->place) - (x->place < y->place);
}

static void write(struct strbuf *out, const struct json *value, bool typed, struct arena *a,
		  int depth);

static void write_array(struct strbuf *out, const struct json *array, bool typed, struct arena *a,
			int depth)
{
	struct json_walk walk = json_walk(array);
	struct json key, value;

	strbuf_append_char(out, '[');
	for (bool first = true; json_next(&walk, &key, &value); first = false) {
		if (!first)
			strbuf_append_char(out, ' ');
		write(out, &value, typed, a, depth + 1);
	}
	strbuf_append_char(out, ']');
}

static size_t count_members(const struct json *object)
{
	struct json_walk walk = json_walk(object);
	struct json key, value;
	size_t n = 0;

	while (json_next(&walk, &key, &value))
		n++;
	return n;
}

static void write_object(struct strbuf *out, const struct json *object, bool typed, struct arena *a,
			 int depth)
{
	size_t count = count_members(object), n = 0;
	struct member *members = arena_alloc(a, (count + 1) * sizeof(*members));
	struct json_walk walk = json_walk(object);
	struct json key;
	bool first = true;

	if (!members)
		return;
	for (; n < count && json_next(&walk, &key, &members[n].value); n++) {
		members[n].key = json_string(&key, a);
		members[n].place = n;
	}
	qsort(members, n, sizeof(*members), by_key);
	strbuf_append_str(out, "map[");
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && slice_equal(members[i].key, members[i + 1].key))
			continue;
		if (!first)
			strbuf_append_char(out, ' ');
		first = false;
		strbuf_append_slice(out, members[i].key);
		strbuf_append_char(out, ':');
		write(out, &members[i].value, typed, a, depth + 1);
	}
	strbuf_append_char(out, ']');
}

static void write(struct strbuf *out, const struct json *value, bool typed, struct arena *a,
		  int depth)
{
	if (depth > MAX_DEPTH)
		return;
	switch (value->type) {
	case JSON_STRING:
		strbuf_append_slice(out, json_string(value, a));
		break;
	case JSON_NULL:
		strbuf_append_str(out, "<nil>");
		break;
	case JSON_BOOL:
		strbuf_append_slice(out, value->span);
		break;
	case JSON_NUMBER:
		write_number(out, value, typed);
		break;
	case JSON_ARRAY:
		write_array(out, value, typed, a, depth);
		break;
	case JSON_OBJECT:
		write_object(out, value, typed, a, depth);
		break;
	}
}

void go_value_write(struct strbuf *out, const struct json *value, bool typed)
{
	struct arena a = {0};

	write(out, value, typed, &a, 0);
	arena_free(&a);
}
