/* JSON text as Go writes a map. Recursive, but no deeper than rule R4 permits. */
#include "job/canonical.h"

#include "base/error.h"
#include "job/json.h"
#include <stdlib.h>

/* Levels inside args that Redis' cjson can read back, and the args object itself (rule R4). */
#define MAX_DEPTH 999

struct writer {
	struct strbuf *out;
	struct arena *arena;
	enum canonical_numbers numbers;
	enum canonical_bad_utf8 bad;
	cwork_error *err;
};

struct member {
	struct slice key;
	struct json value;
	size_t place;
};

static int write_value(struct writer *w, const struct json *value, int depth);

static int write_number(struct writer *w, const struct json *n)
{
	int64_t i;
	uint64_t u;
	double d;

	if (w->numbers == CANONICAL_TYPED && json_int64(n, &i)) {
		strbuf_append_int(w->out, i);
		return 0;
	}
	if (w->numbers == CANONICAL_TYPED && json_uint64(n, &u)) {
		strbuf_append_uint(w->out, u);
		return 0;
	}
	if (!json_double(n, &d))
		return error_set(w->err, CWORK_E_BAD_JSON, "the number %.40s is too large",
				 n->span.ptr);
	return json_write_double(w->out, d, w->err);
}

/* Characters of a string for json_write_string: with ESCAPE, bad bytes as they are, so that it
 * escapes them. */
static struct slice characters(struct writer *w, const struct json *s)
{
	bool has_escapes = memchr(s->span.ptr, '\\', s->span.len) != NULL;

	if (w->bad == CANONICAL_ESCAPE_BAD_UTF8 && !has_escapes)
		return slice_n(s->span.ptr + 1, s->span.len - 2);
	return json_string(s, w->arena);
}

static int write_string(struct writer *w, const struct json *s)
{
	struct slice text = characters(w, s);

	if (!text.ptr)
		return error_nomem(w->err);
	json_write_string(w->out, text);
	return 0;
}

static int write_array(struct writer *w, const struct json *array, int depth)
{
	struct json_walk walk = json_walk(array);
	struct json key, value;
	bool first = true;

	strbuf_append_char(w->out, '[');
	for (; json_next(&walk, &key, &value); first = false) {
		int r;

		if (!first)
			strbuf_append_char(w->out, ',');
		r = write_value(w, &value, depth + 1);
		if (r < 0)
			return r;
	}
	strbuf_append_char(w->out, ']');
	return 0;
}

/* By key, equal keys in the order they stood. */
static int by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = slice_compare(x->key, y->key);

	return c ? c : (x->place > y->place) - (x->place < y->place);
}

static int collect_members(struct writer *w, const struct json *object, struct member **out,
			   size_t *count)
{
	struct json_walk walk = json_walk(object);
	struct json key, value;
	size_t n = 0, cap = 0;
	struct member *members = NULL;

	for (; json_next(&walk, &key, &value); n++) {
		if (n == cap) {
			struct member *grown =
				realloc(members, (cap ? cap *= 2 : (cap = 8)) * sizeof(*grown));

			if (!grown) {
				free(members);
				return error_nomem(w->err);
			}
			members = grown;
		}
		members[n] = (struct member){characters(w, &key), value, n};
	}
	if (n > 1)
		qsort(members, n, sizeof(*members), by_key);
	*out = members;
	*count = n;
	return 0;
}

/* The last of equal keys counts. */
static int write_members(struct writer *w, const struct member *members, size_t count, int depth)
{
	bool first = true;

	for (size_t i = 0; i < count; i++) {
		int r;

		if (i + 1 < count && slice_equal(members[i].key, members[i + 1].key))
			continue;
		if (!first)
			strbuf_append_char(w->out, ',');
		first = false;
		json_write_string(w->out, members[i].key);
		strbuf_append_char(w->out, ':');
		r = write_value(w, &members[i].value, depth + 1);
		if (r < 0)
			return r;
	}
	return 0;
}

static int write_object(struct writer *w, const struct json *object, int depth)
{
	struct member *members = NULL;
	size_t count = 0;
	int r = collect_members(w, object, &members, &count);

	if (r < 0)
		return r;
	strbuf_append_char(w->out, '{');
	r = write_members(w, members, count, depth);
	strbuf_append_char(w->out, '}');
	free(members);
	return r;
}

static int write_value(struct writer *w, const struct json *value, int depth)
{
	if (depth > MAX_DEPTH && (value->type == JSON_ARRAY || value->type == JSON_OBJECT))
		return error_set(w->err, CWORK_E_BAD_JSON, "nested over %d levels deep",
				 MAX_DEPTH - 1);
	switch (value->type) {
	case JSON_NUMBER:
		return write_number(w, value);
	case JSON_STRING:
		return write_string(w, value);
	case JSON_ARRAY:
		return write_array(w, value, depth);
	case JSON_OBJECT:
		return write_object(w, value, depth);
	case JSON_NULL:
	case JSON_BOOL:
		break;
	}
	strbuf_append_slice(w->out, value->span);
	return 0;
}

/* Checked text; with R4's depth counted for a value that stands DEPTH - 1 levels deep. */
static int write_text(struct strbuf *out, struct slice text, enum canonical_numbers numbers,
		      enum canonical_bad_utf8 bad, int depth, cwork_error *err)
{
	struct arena arena = {0};
	struct writer w = {out, &arena, numbers, bad, err};
	struct json value;
	int r = json_parse(&value, text, err);

	if (r == 0)
		r = write_value(&w, &value, depth);
	arena_free(&arena);
	return r == 0 && out->failed ? error_nomem(err) : r;
}

int canonical_write(struct strbuf *out, struct slice text, enum canonical_numbers numbers,
		    enum canonical_bad_utf8 bad, cwork_error *err)
{
	return write_text(out, text, numbers, bad, 1, err);
}

static int write_arg(struct strbuf *out, const cwork_arg *arg, cwork_error *err)
{
	switch (arg->type) {
	case CWORK_ARG_STRING:
		json_write_string(out, slice_n(arg->text, arg->len));
		return 0;
	case CWORK_ARG_INT:
		strbuf_append_int(out, arg->value.i);
		return 0;
	case CWORK_ARG_UINT:
		strbuf_append_uint(out, arg->value.u);
		return 0;
	case CWORK_ARG_DOUBLE:
		return json_write_double(out, arg->value.d, err);
	case CWORK_ARG_BOOL:
		strbuf_append_str(out, arg->value.b ? "true" : "false");
		return 0;
	case CWORK_ARG_NULL:
		strbuf_append_str(out, "null");
		return 0;
	case CWORK_ARG_JSON:
		return write_text(out, slice_n(arg->text, arg->len), CANONICAL_TYPED,
				  CANONICAL_ESCAPE_BAD_UTF8, 2, err);
	}
	return error_set(err, CWORK_E_INVALID, "unknown type %d", (int)arg->type);
}

static int by_arg_key(const void *a, const void *b)
{
	const cwork_arg *x = *(const cwork_arg *const *)a, *y = *(const cwork_arg *const *)b;
	int c = strcmp(x->key, y->key);

	return c ? c : (x > y) - (x < y);
}

static int write_sorted(struct strbuf *out, const cwork_arg **sorted, size_t count,
			cwork_error *err)
{
	bool first = true;

	strbuf_append_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		int r;

		if (i + 1 < count && strcmp(sorted[i]->key, sorted[i + 1]->key) == 0)
			continue;
		if (!first)
			strbuf_append_char(out, ',');
		first = false;
		json_write_string(out, slice_of(sorted[i]->key));
		strbuf_append_char(out, ':');
		r = write_arg(out, sorted[i], err);
		if (r < 0)
			return error_prefix(err, r, "argument %.60s", sorted[i]->key);
	}
	strbuf_append_char(out, '}');
	return out->failed ? error_nomem(err) : 0;
}

static int write_items(struct strbuf *out, const cwork_args *args, cwork_error *err)
{
	const cwork_arg *few[16], **sorted = few;
	int r;

	for (size_t i = 0; i < args->count; i++)
		if (!args->items[i].key)
			return error_set(err, CWORK_E_INVALID, "argument %zu has no name", i + 1);
	if (args->count > 16) {
		sorted = malloc(args->count * sizeof(*sorted));
		if (!sorted)
			return error_nomem(err);
	}
	for (size_t i = 0; i < args->count; i++)
		sorted[i] = &args->items[i];
	if (args->count > 1)
		qsort(sorted, args->count, sizeof(*sorted), by_arg_key);
	r = write_sorted(out, sorted, args->count, err);
	if (sorted != few)
		free(sorted);
	return r;
}

static int write_json(struct strbuf *out, const cwork_args *args, cwork_error *err)
{
	size_t start = out->len;
	int r = canonical_write(out, slice_n(args->json, args->json_len), CANONICAL_TYPED,
				CANONICAL_ESCAPE_BAD_UTF8, err);

	if (r < 0)
		return r;
	if (out->ptr[start] != '{' && strcmp(out->ptr + start, "null") != 0)
		return error_set(err, CWORK_E_BAD_JSON, "the arguments are not a JSON object");
	return 0;
}

int canonical_args(struct strbuf *out, const cwork_args *args, cwork_error *err)
{
	if (args->json)
		return write_json(out, args, err);
	if (args->present)
		return write_items(out, args, err);
	strbuf_append_str(out, "null");
	return out->failed ? error_nomem(err) : 0;
}
