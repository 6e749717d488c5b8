/*
 * A JSON text as a tree. Built in one pass behind the scanner, without
 * recursion; linear in the text but for the sorting of members.
 */
#include "job/tree.h"

#include "base/error.h"

struct builder {
	struct arena *arena;
	bool keep_bad_utf8;
	struct json_scanner scan;
	struct tree *root, *open; /* open: the innermost container */
	struct slice key;	  /* of the member whose value comes next */
};

static bool decode(struct builder *b, const struct json *s, struct slice *out)
{
	*out = b->keep_bad_utf8 ? json_string_raw(s, b->arena) : json_string(s, b->arena);
	return out->ptr != NULL;
}

static struct tree *add(struct builder *b, enum json_type type)
{
	struct tree *t = arena_new(b->arena, struct tree), *last = b->open ? b->open->last : NULL;

	if (!t)
		return NULL;
	t->type = type;
	t->parent = b->open;
	t->key = b->key;
	if (!b->open) {
		b->root = t;
		return t;
	}
	if (last)
		last->next = t;
	else
		b->open->first = t;
	b->open->last = t;
	if (last && b->open->type == JSON_OBJECT && slice_compare(last->key, t->key) >= 0)
		b->open->unsorted = true;
	return t;
}

/* Two sorted lists in one; of equal keys those of A come first. */
static struct tree *merge(struct tree *a, struct tree *b)
{
	struct tree *head = NULL, **tail = &head;

	while (a && b) {
		struct tree **from = slice_compare(a->key, b->key) <= 0 ? &a : &b;

		*tail = *from;
		tail = &(*from)->next;
		*from = (*from)->next;
	}
	*tail = a ? a : b;
	return head;
}

/* Merge sort from below: run I holds 2^I members, those of higher runs came earlier. */
static struct tree *sort(struct tree *list)
{
	struct tree *runs[64] = {0}, *sorted = NULL;

	while (list) {
		struct tree *run = list;
		int i = 0;

		list = list->next;
		run->next = NULL;
		for (; runs[i]; i++) {
			run = merge(runs[i], run);
			runs[i] = NULL;
		}
		runs[i] = run;
	}
	for (int i = 0; i < 64; i++)
		sorted = runs[i] ? merge(runs[i], sorted) : sorted;
	return sorted;
}

/* Of equal keys keep the last. */
static struct tree *without_duplicates(struct tree *list)
{
	struct tree **at = &list;

	while (*at) {
		struct tree *next = (*at)->next;

		if (next && slice_equal((*at)->key, next->key))
			*at = next;
		else
			at = &(*at)->next;
	}
	return list;
}

static void close_container(struct builder *b)
{
	struct tree *t = b->open;

	if (t->unsorted)
		t->first = without_duplicates(sort(t->first));
	b->open = t->parent;
}

static const char *open_container(struct builder *b, const char *p)
{
	struct tree *t = add(b, *p == '{' ? JSON_OBJECT : JSON_ARRAY);

	if (!t)
		return NULL;
	b->open = t;
	b->key = (struct slice){0};
	return p + 1;
}

static const char *add_scalar(struct builder *b, const char *p)
{
	struct json value;
	struct tree *t;

	p = json_scan_value(&b->scan, p, &value);
	t = add(b, value.type);
	if (!t)
		return NULL;
	b->key = (struct slice){0};
	t->text = value.span;
	return value.type != JSON_STRING || decode(b, &value, &t->text) ? p : NULL;
}

static const char *read_key(struct builder *b, const char *p)
{
	struct json key;

	p = json_scan_key(&b->scan, p, &key);
	return decode(b, &key, &b->key) ? p : NULL;
}

/* One step through checked text. NULL without memory. */
static const char *step(struct builder *b, const char *p)
{
	switch (*p) {
	case ' ':
	case '\n':
	case '\r':
	case '\t':
	case ',':
		return p + 1;
	case '{':
	case '[':
		return open_container(b, p);
	case '}':
	case ']':
		close_container(b);
		return p + 1;
	default:
		if (b->open && b->open->type == JSON_OBJECT && !b->key.ptr)
			return read_key(b, p);
		return add_scalar(b, p);
	}
}

int tree_parse(struct tree **out, struct arena *a, struct slice text,
	       const struct tree_options *options, cwork_error *err)
{
	struct builder b = {
		.arena = a,
		.keep_bad_utf8 = options->keep_bad_utf8,
		.scan = {.end = json_end(text), .max_depth = options->max_depth, .doubles = true},
	};
	const char *p = text.ptr;
	struct json whole;

	if (!json_scan_whole(&b.scan, text.ptr, &whole))
		return json_scan_error(&b.scan, text, err);
	b.scan.doubles = false;
	while (p && p < b.scan.end)
		p = step(&b, p);
	if (!p)
		return error_nomem(err);
	*out = b.root;
	return 0;
}
