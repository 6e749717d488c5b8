/* A caller's arguments as Go writes a map. Most are a few native values: no memory for those. */
#include "base/error.h"
#include "job/canonical.h"
#include "job/json.h"
#include <stdlib.h>

#define FEW 16

static int write_value(struct strbuf *out, const cwork_arg *arg, cwork_error *err)
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
		return canonical_write_nested(out, slice_n(arg->text, arg->len), 1, err);
	}
	return error_set(err, CWORK_E_INVALID, "unknown type %d", (int)arg->type);
}

/* By key; equal keys in their order, which is that of their addresses. */
static int by_key(const void *a, const void *b)
{
	const cwork_arg *x = *(const cwork_arg *const *)a, *y = *(const cwork_arg *const *)b;
	int c = strcmp(x->key, y->key);

	return c ? c : (x > y) - (x < y);
}

static int write_members(struct strbuf *out, const cwork_arg **sorted, size_t count,
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
		r = write_value(out, sorted[i], err);
		if (r < 0)
			return error_prefix(err, r, "argument %.60s", sorted[i]->key);
	}
	strbuf_append_char(out, '}');
	return out->failed ? error_nomem(err) : 0;
}

static int write_items(struct strbuf *out, const cwork_args *args, cwork_error *err)
{
	const cwork_arg *few[FEW];
	own const cwork_arg **many = NULL;
	const cwork_arg **sorted = few;

	if (args->count > FEW) {
		sorted = many = malloc(args->count * sizeof(*many));
		if (!many)
			return error_nomem(err);
	}
	for (size_t i = 0; i < args->count; i++) {
		if (!args->items[i].key)
			return error_set(err, CWORK_E_INVALID, "argument %zu has no name", i + 1);
		sorted[i] = &args->items[i];
	}
	if (args->count > 1)
		qsort(sorted, args->count, sizeof(*sorted), by_key);
	return write_members(out, sorted, args->count, err);
}

static int write_json(struct strbuf *out, const cwork_args *args, cwork_error *err)
{
	size_t start = out->len;
	int r = canonical_write(out, slice_n(args->json, args->json_len), CANONICAL_TYPED,
				CANONICAL_ESCAPE_BAD_UTF8, err);

	if (r < 0)
		return r;
	if (out->ptr[start] != '{' && out->ptr[start] != 'n')
		return error_set(err, CWORK_E_BAD_JSON, "the arguments are not a JSON object");
	return 0;
}

static int write_none(struct strbuf *out, cwork_error *err)
{
	strbuf_append_str(out, "null");
	return out->failed ? error_nomem(err) : 0;
}

int canonical_args(struct strbuf *out, const cwork_args *args, cwork_error *err)
{
	size_t start = out->len;
	int r = args->json	? write_json(out, args, err)
		: args->present ? write_items(out, args, err)
				: write_none(out, err);

	if (r < 0 && !out->failed)
		strbuf_truncate(out, start);
	return r;
}
