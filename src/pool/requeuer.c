/* Moving scheduled and retried jobs into their queues when they are due. */
#include "pool/requeuer.h"

#include "base/clock.h"
#include "base/error.h"
#include "job/envelope.h"
#include "job/id.h"
#include "store/requeue.h"

#define BATCH 100
#define BATCH_BYTES (1u << 20) /* of jobs moved in one step; one job may be larger */
#define TRY_AGAIN_S 60	       /* a job whose queue has the wrong type */

/* One member's plan. */
struct plan {
	struct slice member;
	struct envelope envelope;
	bool readable, known;
	int known_reply; /* index of the reply that tells whether the name is known, or -1 */
	struct strbuf kept;
};

struct plans {
	struct plan items[BATCH];
	size_t count;
	struct slice queues[BATCH];
	size_t queue_count;
	struct requeue_item moves[BATCH];
};

static int read_member(struct plan *p, struct arena *a, struct slice member,
		       const struct registry *registry, cwork_error *err)
{
	int r = envelope_read(&p->envelope, a, member, NULL);

	if (r == CWORK_E_NOMEM)
		return error_nomem(err);
	p->member = member;
	p->known_reply = -1;
	p->readable = r == 0 && !p->envelope.ambiguous && p->envelope.name.len > 0;
	p->known = p->readable && registry_find(registry, p->envelope.name);
	return 0;
}

/* Names this pool does not serve may be another's: ask. */
static int ask_for_names(struct requeuer *q, struct redis *redis, struct plans *plans,
			 cwork_error *err)
{
	struct reply *replies;
	int asked = 0, r;

	for (size_t i = 0; i < plans->count; i++) {
		struct plan *p = &plans->items[i];

		if (!p->readable || p->known)
			continue;
		known_begin(redis, q->keys, p->envelope.name);
		p->known_reply = asked++;
	}
	if (asked == 0)
		return 0;
	r = redis_exchange(redis, &q->side->arena, &replies, err);
	for (size_t i = 0; r == 0 && i < plans->count; i++) {
		struct plan *p = &plans->items[i];

		if (p->known_reply < 0)
			continue;
		if (replies[p->known_reply].type != REPLY_INTEGER)
			return reply_unexpected(&replies[p->known_reply], "known_jobs", err);
		p->known = replies[p->known_reply].integer != 0;
	}
	return r;
}

/* The number of a name's queue, or below zero without memory. */
static int queue_number(struct requeuer *q, struct plans *plans, struct slice name)
{
	struct slice key = keys_jobs(q->keys, &q->side->arena, name);

	if (!key.ptr)
		return -1;
	for (size_t i = 0; i < plans->queue_count; i++)
		if (slice_equal(plans->queues[i], key))
			return (int)i + 1;
	plans->queues[plans->queue_count++] = key;
	return (int)plans->queue_count;
}

/* A job nobody knows goes to dead as gocraft/work writes it: t and fails stay. */
static void write_unknown(struct plan *p, int64_t now)
{
	struct envelope dead = p->envelope;

	dead.err = SLICE("unknown job when requeueing");
	dead.failed_at = now;
	envelope_write(&p->kept, &dead);
}

static void write_unreadable(struct plan *p, int64_t now)
{
	char id[CWORK_ID_SIZE];

	id_make(id);
	envelope_write_quarantined(&p->kept, p->member, SLICE("unreadable"), slice_of(id),
				   SLICE("unreadable job when requeueing"), now);
}

static void plan_move(struct requeuer *q, struct plans *plans, size_t i, int64_t now)
{
	struct plan *p = &plans->items[i];
	struct requeue_item *move = &plans->moves[i];

	move->member = p->member;
	if (!p->readable) {
		write_unreadable(p, now);
		move->queue = REQUEUE_TO_QUARANTINE;
	} else if (!p->known) {
		write_unknown(p, now);
		move->queue = REQUEUE_TO_DEAD;
	} else {
		envelope_write_with_t(&p->kept, &p->envelope, now);
		move->queue = queue_number(q, plans, p->envelope.name);
		p->kept.failed |= move->queue < 0;
	}
	move->kept = strbuf_slice(&p->kept);
}

static int move_all(struct requeuer *q, struct redis *redis, struct plans *plans, struct slice set,
		    int64_t now, cwork_error *err)
{
	struct reply *replies = NULL;
	int64_t moved;
	int r = 0;

	for (size_t i = 0; i < plans->count; i++) {
		plan_move(q, plans, i, now);
		if (plans->items[i].kept.failed)
			r = error_nomem(err);
	}
	if (r == 0) {
		requeue_begin(redis, q->keys, set, plans->queues, plans->queue_count, now,
			      now + TRY_AGAIN_S, plans->moves, plans->count);
		r = redis_exchange(redis, &q->side->arena, &replies, err);
	}
	for (size_t i = 0; i < plans->count; i++)
		strbuf_free(&plans->items[i].kept);
	return r < 0 ? r : requeue_read(&replies[0], &moved, err);
}

static int requeue(struct requeuer *q, struct redis *redis, struct slice set,
		   const struct reply *due, int64_t now, cwork_error *err)
{
	own struct plans *plans = calloc(1, sizeof(*plans));
	size_t bytes = 0;
	int r = plans ? 0 : error_nomem(err);

	for (size_t i = 0; r == 0 && i < due->count && i < BATCH && bytes < BATCH_BYTES; i++) {
		r = read_member(&plans->items[plans->count++], &q->side->arena, due->items[i].str,
				q->registry, err);
		bytes += due->items[i].str.len;
	}
	if (r < 0)
		return r;
	r = ask_for_names(q, redis, plans, err);
	return r < 0 ? r : move_all(q, redis, plans, set, now, err);
}

/* Look at both sets; a set of the wrong type is passed over. */
static int look(struct requeuer *q, struct redis *redis, int64_t now, struct reply **replies,
		cwork_error *err)
{
	due_begin(redis, q->keys->scheduled, now, BATCH);
	due_begin(redis, q->keys->retry, now, BATCH);
	due_begin_next(redis, q->keys->scheduled);
	due_begin_next(redis, q->keys->retry);
	return redis_exchange(redis, &q->side->arena, replies, err);
}

static void note_next(struct requeuer *q, const struct reply *next, size_t moved, int64_t now)
{
	int64_t next_s;

	if (due_read_next(next, &next_s, NULL) < 0 || next_s < 0)
		return;
	if (moved > 0)
		q->due_ms =
			now * 1000; /* there may be more that is due, and the next is not known */
	else if (next_s < q->due_ms / 1000)
		q->due_ms = next_s * 1000;
}

int requeuer_step(struct requeuer *q, cwork_error *err)
{
	struct redis *redis = side_begin(q->side);
	const struct slice sets[] = {q->keys->scheduled, q->keys->retry};
	int64_t now = clock_now_s();
	struct reply *replies;
	int r = look(q, redis, now, &replies, err);

	q->due_ms = INT64_MAX;
	for (int i = 0; r == 0 && i < 2; i++) {
		const struct reply *due = &replies[i];

		r = reply_check(due, err);
		if (r == CWORK_E_WRONG_TYPE) {
			r = 0;
			continue;
		}
		if (r == 0 && due->count > 0)
			r = requeue(q, redis, sets[i], due, now, err);
		if (r == 0)
			note_next(q, &replies[2 + i], due->count, now);
	}
	side_end(q->side);
	return r;
}
