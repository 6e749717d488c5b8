/*
 * Any bytes as a stored job. What must hold of those that can be read: writing
 * and reading again changes nothing, exchanging t changes t alone, a failure
 * changes only what a failure changes, and no byte of args is ever another.
 * What can't be read can be wrapped so that it can.
 */
#include "job/canonical.h"
#include "job/envelope.h"
#include "job/json.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void read_again(struct envelope *e, struct arena *a, const struct strbuf *job)
{
	require(!job->failed);
	require(envelope_read(e, a, strbuf_slice(job), NULL) == 0);
}

/* What no rewriting of a job may change. */
static void require_same_job(const struct envelope *a, const struct envelope *b)
{
	require(slice_equal(a->name, b->name) && slice_equal(a->id, b->id));
	require(slice_equal(a->args, b->args));
	require(slice_equal(a->unique_key, b->unique_key) && a->unique == b->unique);
}

static void require_same_fate(const struct envelope *a, const struct envelope *b)
{
	require(a->fails == b->fails && a->failed_at == b->failed_at);
	require(slice_equal(a->err, b->err));
}

static void check_write(struct arena *a, const struct envelope *e)
{
	own_by(strbuf_freep) struct strbuf once = {0}, twice = {0};
	struct envelope again;

	envelope_write(&once, e);
	read_again(&again, a, &once);
	require_same_job(e, &again);
	require_same_fate(e, &again);
	require(e->t == again.t && !again.ambiguous);
	require(slice_equal(e->unknown, again.unknown));
	envelope_write(&twice, &again);
	require(slice_equal(strbuf_slice(&once), strbuf_slice(&twice)));
}

/* Cut the t out of A and B: what is left must be the same bytes. */
static void require_same_around_t(const struct envelope *a, const struct envelope *b)
{
	size_t before = (size_t)(a->t_span.ptr - a->raw.ptr);
	size_t behind_a = before + a->t_span.len, behind_b = before + b->t_span.len;

	require(b->t_span.ptr == b->raw.ptr + before);
	require(slice_equal(slice_n(a->raw.ptr, before), slice_n(b->raw.ptr, before)));
	require(slice_equal(slice_n(a->raw.ptr + behind_a, a->raw.len - behind_a),
			    slice_n(b->raw.ptr + behind_b, b->raw.len - behind_b)));
}

static void check_with_t(struct arena *a, const struct envelope *e)
{
	own_by(strbuf_freep) struct strbuf moved = {0};
	struct envelope again;

	envelope_write_with_t(&moved, e, 1425263409);
	read_again(&again, a, &moved);
	require_same_job(e, &again);
	require_same_fate(e, &again);
	require(again.t == 1425263409 && again.ambiguous == e->ambiguous);
	if (e->t_span.ptr)
		require_same_around_t(e, &again);
}

static void check_failed(struct arena *a, const struct envelope *e)
{
	own_by(strbuf_freep) struct strbuf failed = {0};
	struct envelope again;

	envelope_write_failed(&failed, e, SLICE("why \"so\"\n"), 7);
	read_again(&again, a, &failed);
	require_same_job(e, &again);
	require(again.t == e->t && again.failed_at == 7);
	require(again.fails == e->fails + (e->fails < INT64_MAX));
	require(slice_equal(again.err, SLICE("why \"so\"\n")));
	require(slice_equal(e->unknown, again.unknown));
}

static void check_quarantined(struct arena *a, struct slice raw)
{
	own_by(strbuf_freep) struct strbuf job = {0};
	struct envelope e;

	envelope_write_quarantined(&job, raw, SLICE("foo"), SLICE("x"), SLICE("unreadable"), 7);
	read_again(&e, a, &job);
	require(slice_equal(e.name, SLICE("foo")) && e.args.len > 0 && !e.ambiguous);
}

/* Whatever was read can be written as Go would. */
static void check_args(const struct envelope *e)
{
	own_by(strbuf_freep) struct strbuf out = {0};

	if (e->args.len)
		require(canonical_write(&out, e->args, CANONICAL_FLOAT64,
					CANONICAL_REPLACE_BAD_UTF8, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice raw = {(const char *)data, size};
	struct arena arena = {0};
	cwork_error err = {0};
	struct envelope e;

	if (envelope_read(&e, &arena, raw, &err) == 0) {
		check_write(&arena, &e);
		check_with_t(&arena, &e);
		check_failed(&arena, &e);
		check_args(&e);
	} else {
		require(err.code == CWORK_E_BAD_JSON && err.text[0]);
	}
	check_quarantined(&arena, raw);
	arena_free(&arena);
	return 0;
}
