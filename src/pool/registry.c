/* The job types a pool serves. */
#include "pool/registry.h"

#include "base/error.h"
#include "job/name.h"
#include <stdlib.h>

#define MAX_PRIORITY 100000
#define DEFAULT_MAX_FAILS 4

static int set_options(struct job_type *type, const char *name, const cwork_job_options *options,
		       cwork_error *err)
{
	cwork_job_options *o = &type->options;

	if (options && (options->size > sizeof(*o) || options->size < sizeof(o->size)))
		return error_set(err, CWORK_E_INVALID, "job %s: the options' size is %zu, not %zu",
				 name, options->size, sizeof(*o));
	if (options)
		memcpy(o, options, options->size);
	if (o->priority > MAX_PRIORITY)
		return error_set(err, CWORK_E_INVALID, "job %s: priority %u is over %d", name,
				 o->priority, MAX_PRIORITY);
	if (o->priority == 0)
		o->priority = 1;
	if (o->max_fails == 0)
		o->max_fails = DEFAULT_MAX_FAILS;
	return 0;
}

static bool is_registered(const struct registry *r, struct slice name)
{
	for (unsigned i = 0; i < r->count; i++)
		if (slice_equal(r->types[i]->name, name))
			return true;
	return false;
}

static int make_room(struct registry *r, cwork_error *err)
{
	unsigned cap = r->cap ? r->cap * 2 : 8;
	struct job_type **types;

	if (r->count < r->cap)
		return 0;
	types = realloc(r->types, cap * sizeof(struct job_type *));
	if (!types)
		return error_nomem(err);
	r->types = types;
	r->cap = cap;
	return 0;
}

int registry_add(struct registry *r, const char *name, cwork_handler *fn,
		 const cwork_job_options *options, cwork_error *err)
{
	struct job_type *type;
	int e;

	if (!name || !fn)
		return error_set(err, CWORK_E_INVALID, "a job type needs a name and a handler");
	e = name_check(slice_of(name), err);
	if (e < 0)
		return e;
	if (is_registered(r, slice_of(name)))
		return error_set(err, CWORK_E_INVALID, "job %s is registered twice", name);
	e = make_room(r, err);
	if (e < 0)
		return e;
	type = arena_new(&r->arena, struct job_type);
	if (!type)
		return error_nomem(err);
	e = set_options(type, name, options, err);
	if (e < 0)
		return e;
	type->fn = fn;
	type->name = slice_n(arena_copy(&r->arena, slice_of(name)), strlen(name));
	if (!type->name.ptr)
		return error_nomem(err);
	r->types[r->count++] = type;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return slice_compare((*(struct job_type *const *)a)->name,
			     (*(struct job_type *const *)b)->name);
}

int registry_freeze(struct registry *r, const struct keys *keys, cwork_error *err)
{
	if (r->count > 1)
		qsort(r->types, r->count, sizeof(struct job_type *), by_name);
	for (unsigned i = 0; i < r->count; i++) {
		int e = keys_queue(keys, &r->arena, r->types[i]->name, &r->types[i]->keys, err);

		if (e < 0)
			return e;
		r->types[i]->index = i;
	}
	return 0;
}

struct job_type *registry_find(const struct registry *r, struct slice name)
{
	unsigned low = 0, high = r->count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int c = slice_compare(r->types[middle]->name, name);

		if (c == 0)
			return r->types[middle];
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void registry_free(struct registry *r)
{
	free(r->types);
	arena_free(&r->arena);
	*r = (struct registry){0};
}
