/* A JSON value as Go prints it. */
#include "job/go_value.h"

#include "job/number.h"
#include "job/tree.h"

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

static void write_number(struct strbuf *out, struct slice text, bool typed)
{
	struct json n = {.type = JSON_NUMBER, .span = text};
	int64_t i;
	uint64_t u;
	double d;

	if (typed && json_int64(&n, &i))
		strbuf_append_int(out, i);
	else if (typed && json_uint64(&n, &u))
		strbuf_append_uint(out, u);
	else if (json_double(&n, &d))
		number_write_go_v(out, d);
}

static void write_begin(struct strbuf *out, const struct tree *t, bool typed)
{
	if (t->parent && t->parent->type == JSON_OBJECT) {
		strbuf_append_slice(out, t->key);
		strbuf_append_char(out, ':');
	}
	switch (t->type) {
	case JSON_STRING:
	case JSON_BOOL:
		strbuf_append_slice(out, t->text);
		break;
	case JSON_NUMBER:
		write_number(out, t->text, typed);
		break;
	case JSON_NULL:
		strbuf_append_str(out, "<nil>");
		break;
	case JSON_ARRAY:
		strbuf_append_char(out, '[');
		break;
	case JSON_OBJECT:
		strbuf_append_str(out, "map[");
	}
}

static void write_end(struct strbuf *out, const struct tree *t)
{
	if (tree_is_container(t))
		strbuf_append_char(out, ']');
}

static void write_tree(struct strbuf *out, const struct tree *t, bool typed)
{
	while (t) {
		write_begin(out, t, typed);
		if (t->first) {
			t = t->first;
			continue;
		}
		write_end(out, t);
		for (; !t->next; write_end(out, t)) {
			t = t->parent;
			if (!t)
				return;
		}
		strbuf_append_char(out, ' ');
		t = t->next;
	}
}

int go_value_write(struct strbuf *out, const struct json *value, bool typed)
{
	static const struct tree_options options = {.max_depth = JSON_MAX_DEPTH};
	struct arena a = {0};
	struct tree *root;
	int r = tree_parse(&root, &a, value->span, &options, NULL);

	if (r == 0)
		write_tree(out, root, typed);
	arena_free(&a);
	return out->failed ? CWORK_E_NOMEM : r;
}
