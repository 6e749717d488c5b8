/* Messages of subscribed channels, told from replies and kept apart. */
#include "redis/pushes.h"
#include "base/error.h"

/*
 * Memory for messages that nobody reads; above it all that are kept are dropped,
 * as Redis itself drops a subscriber that does not read.
 */
enum { HELD_MAX_BYTES = 1024 * 1024 };

struct push {
	struct reply reply;
	struct push *next;
};

static bool is_message(const struct reply *r)
{
	const struct reply *kind = r->items;

	if (r->type != REPLY_ARRAY || r->count < 3 || kind->type != REPLY_STRING)
		return false;
	return slice_equal(kind->str, SLICE("message")) ||
	       slice_equal(kind->str, SLICE("pmessage"));
}

/* Depth is bounded by the reader's. False without memory. */
static bool copy_reply(struct arena *a, struct reply *out, const struct reply *from)
{
	struct reply *items;

	*out = *from;
	if (from->str.ptr) {
		out->str.ptr = arena_copy(a, from->str);
		return out->str.ptr != NULL;
	}
	if (from->count == 0)
		return true;
	items = arena_alloc(a, from->count * sizeof(*items));
	if (!items)
		return false;
	for (size_t i = 0; i < from->count; i++)
		if (!copy_reply(a, &items[i], &from->items[i]))
			return false;
	out->items = items;
	return true;
}

/* Give memory back when no message needs it. To be called between replies only. */
static void recycle(struct pushes *p)
{
	if (!p->first)
		arena_reset(&p->arena);
}

static int hand_out(struct pushes *p, struct arena *a, struct reply *out, const struct reply *from,
		    cwork_error *err)
{
	bool copied = copy_reply(a, out, from);

	recycle(p);
	return copied ? 1 : error_nomem(err);
}

static int hold(struct pushes *p, cwork_error *err)
{
	struct push *push;

	if (p->arena.total > HELD_MAX_BYTES) {
		pushes_clear(p);
		return 0;
	}
	push = arena_new(&p->arena, struct push);
	if (!push)
		return error_nomem(err);
	push->reply = p->current;
	if (p->last)
		p->last->next = push;
	else
		p->first = push;
	p->last = push;
	return 0;
}

int pushes_next_reply(struct pushes *p, struct reader *reader, struct arena *a, struct reply *out,
		      cwork_error *err)
{
	int r;

	while ((r = reader_next(reader, &p->arena, &p->current, err)) == 1) {
		if (!is_message(&p->current))
			return hand_out(p, a, out, &p->current, err);
		r = hold(p, err);
		if (r < 0)
			return r;
	}
	return r;
}

int pushes_next(struct pushes *p, struct reader *reader, struct arena *a, struct reply *out,
		cwork_error *err)
{
	struct push *push = p->first;
	int r;

	if (push) {
		/* A reply may stand half-read in the same memory, so it is not recycled here. */
		p->first = push->next;
		if (!p->first)
			p->last = NULL;
		return copy_reply(a, out, &push->reply) ? 1 : error_nomem(err);
	}
	r = reader_next(reader, &p->arena, &p->current, err);
	return r == 1 ? hand_out(p, a, out, &p->current, err) : r;
}

void pushes_clear(struct pushes *p)
{
	p->first = p->last = NULL;
	arena_reset(&p->arena);
}

void pushes_free(struct pushes *p)
{
	p->first = p->last = NULL;
	arena_free(&p->arena);
}
