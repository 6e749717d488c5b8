/* JSON text as Go writes a map: read into a tree, whose members are sorted, and written out. */
#include "job/canonical.h"

#include "base/error.h"
#include "job/tree.h"

struct writer {
	struct strbuf *out;
	enum canonical_numbers numbers;
};

static void write_number(struct writer *w, const struct tree *t)
{
	struct json n = {.type = JSON_NUMBER, .span = t->text};
	int64_t i;
	uint64_t u;
	double d;

	if (w->numbers == CANONICAL_TYPED && json_int64(&n, &i))
		strbuf_append_int(w->out, i);
	else if (w->numbers == CANONICAL_TYPED && json_uint64(&n, &u))
		strbuf_append_uint(w->out, u);
	else if (json_double(&n, &d))
		json_write_double(w->out, d, NULL);
}

static void write_scalar(struct writer *w, const struct tree *t)
{
	switch (t->type) {
	case JSON_STRING:
		json_write_string(w->out, t->text);
		break;
	case JSON_NUMBER:
		write_number(w, t);
		break;
	default:
		strbuf_append_slice(w->out, t->text);
	}
}

static void write_begin(struct writer *w, const struct tree *t)
{
	if (t->parent && t->parent->type == JSON_OBJECT) {
		json_write_string(w->out, t->key);
		strbuf_append_char(w->out, ':');
	}
	if (tree_is_container(t))
		strbuf_append_char(w->out, t->type == JSON_OBJECT ? '{' : '[');
	else
		write_scalar(w, t);
}

static void write_end(struct writer *w, const struct tree *t)
{
	if (tree_is_container(t))
		strbuf_append_char(w->out, t->type == JSON_OBJECT ? '}' : ']');
}

static void write_tree(struct writer *w, const struct tree *t)
{
	while (t) {
		write_begin(w, t);
		if (t->first) {
			t = t->first;
			continue;
		}
		write_end(w, t);
		for (; !t->next; write_end(w, t)) {
			t = t->parent;
			if (!t)
				return;
		}
		strbuf_append_char(w->out, ',');
		t = t->next;
	}
}

static int write_text(struct writer *w, struct slice text, const struct tree_options *options,
		      cwork_error *err)
{
	struct arena arena = {0};
	struct tree *root;
	int r = tree_parse(&root, &arena, text, options, err);

	if (r == 0)
		write_tree(w, root);
	arena_free(&arena);
	return r == 0 && w->out->failed ? error_nomem(err) : r;
}

int canonical_write(struct strbuf *out, struct slice text, enum canonical_numbers numbers,
		    enum canonical_bad_utf8 bad, cwork_error *err)
{
	struct tree_options options = {
		.max_depth = numbers == CANONICAL_TYPED ? CANONICAL_MAX_DEPTH : JSON_MAX_DEPTH,
		.keep_bad_utf8 = bad == CANONICAL_ESCAPE_BAD_UTF8,
	};

	return write_text(&(struct writer){out, numbers}, text, &options, err);
}

int canonical_write_nested(struct strbuf *out, struct slice text, unsigned depth, cwork_error *err)
{
	struct tree_options options = {
		.max_depth = CANONICAL_MAX_DEPTH - depth,
		.keep_bad_utf8 = true,
	};

	return write_text(&(struct writer){out, CANONICAL_TYPED}, text, &options, err);
}
