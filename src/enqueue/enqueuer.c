/*
 * The enqueuer: one connection behind a lock, and the names it has made known
 * lately.
 *
 * What may be repeated after trouble: a call that could not connect, and one
 * whose answer was lost when each of its jobs has a once key. Any other lost
 * answer is the caller's to deal with (CWORK_E_UNKNOWN): pushing again might
 * run a job twice.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include "enqueue/new_job.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_MAX_BYTES (1u << 20)
#define DEFAULT_TIMEOUT_MS 5000
#define KNOWN_FOR_MS 300000 /* names are made known again after this (wire-format.md §1) */
#define MAX_PIPELINE_BYTES (4u << 20) /* of jobs in one round trip */
#define MAX_VARIADIC 1000	      /* jobs in one command: a longer one holds Redis up */

struct known_name {
	struct known_name *next;
	int64_t since_ms;
	size_t len;
	char name[];
};

struct cwork_enqueuer {
	pthread_mutex_t mutex; /* guards everything */
	struct redis *redis;
	struct redis_server *server;
	struct keys keys;
	size_t max_bytes;
	int timeout_ms;
	struct arena arena; /* of the call under way */
	struct known_name *known;
};

static int set_options(cwork_enqueuer *q, const cwork_enqueuer_options *given, cwork_error *err)
{
	cwork_enqueuer_options o = {0};
	int r;

	if (given && (given->size > sizeof(o) || given->size < sizeof(o.size)))
		return error_set(err, CWORK_E_INVALID, "the enqueuer options' size is %zu, not %zu",
				 given->size, sizeof(o));
	if (given)
		memcpy(&o, given, given->size);
	if (o.timeout_ms < 0)
		return error_set(err, CWORK_E_INVALID, "a timeout of %d ms", o.timeout_ms);
	q->max_bytes = o.max_bytes ? o.max_bytes : DEFAULT_MAX_BYTES;
	q->timeout_ms = o.timeout_ms ? o.timeout_ms : DEFAULT_TIMEOUT_MS;
	r = keys_init(&q->keys, o.ns, err);
	return r < 0 ? r : redis_server_open(&q->server, o.redis, err);
}

int cwork_enqueuer_new(cwork_enqueuer **out, const cwork_enqueuer_options *options,
		       cwork_error *err)
{
	cwork_enqueuer *q = calloc(1, sizeof(*q));
	int r;

	if (!q)
		return error_nomem(err);
	pthread_mutex_init(&q->mutex, NULL);
	r = set_options(q, options, err);
	if (r == 0)
		r = redis_new(&q->redis, q->server,
			      &(struct redis_options){
				      .connect_timeout_ms = q->timeout_ms,
				      .command_timeout_ms = q->timeout_ms,
				      .name = "cwork-enqueuer",
			      },
			      err);
	if (r < 0) {
		cwork_enqueuer_free(q);
		return r;
	}
	*out = q;
	return 0;
}

void cwork_enqueuer_free(cwork_enqueuer *q)
{
	if (!q)
		return;
	while (q->known) {
		struct known_name *next = q->known->next;

		free(q->known);
		q->known = next;
	}
	redis_free(q->redis);
	redis_server_unref(q->server);
	keys_free(&q->keys);
	arena_free(&q->arena);
	pthread_mutex_destroy(&q->mutex);
	free(q);
}

static struct known_name *find_known(cwork_enqueuer *q, struct slice name)
{
	for (struct known_name *k = q->known; k; k = k->next)
		if (slice_equal(slice_n(k->name, k->len), name))
			return k;
	return NULL;
}

static void forget_known(cwork_enqueuer *q, struct slice name)
{
	struct known_name *k = find_known(q, name);

	if (k)
		k->since_ms = INT64_MIN / 2;
}

/* Is it time to make NAME known? Notes that it was; forget_known() when it was not. */
static bool must_make_known(cwork_enqueuer *q, struct slice name)
{
	struct known_name *k = find_known(q, name);
	int64_t now = clock_mono_ms();

	if (k && now - k->since_ms < KNOWN_FOR_MS)
		return false;
	if (!k) {
		k = malloc(sizeof(*k) + name.len);
		if (!k)
			return true;
		k->len = name.len;
		memcpy(k->name, name.ptr, name.len);
		k->next = q->known;
		q->known = k;
	}
	k->since_ms = now;
	return true;
}

/* The jobs of one command, and the reply it got. */
struct group {
	size_t first, count; /* in the order of the prepared jobs */
	bool known;	     /* SADD known_jobs: the reply counts only as a failure */
};

struct call {
	cwork_enqueuer *q;
	cwork_new_job *jobs;
	size_t count;
	struct push *pushes; /* of the jobs that are in order, packed */
	size_t *index;	     /* of each push: its job */
	size_t push_count;
	struct group *groups;
	bool repeatable; /* a lost answer does no harm: every push has a once key */
	int64_t deadline_ms;
};

static int fail_job(struct call *c, size_t i, int code)
{
	c->jobs[i].result = code;
	return code;
}

/* Check and write all jobs. Returns the first failure; the others go on. */
static int prepare(struct call *c, char *single_id, cwork_error *err)
{
	int first = 0;

	c->repeatable = true;
	for (size_t i = 0; i < c->count; i++) {
		char id[CWORK_ID_SIZE];
		int r = new_job_prepare(&c->pushes[c->push_count], &c->q->keys, &c->q->arena,
					&c->jobs[i], single_id ? single_id : id, c->q->max_bytes,
					first ? NULL : err);

		if (r < 0) {
			first = first ? first : r;
			fail_job(c, i, r);
			continue;
		}
		c->repeatable &= c->pushes[c->push_count].once_key.len > 0;
		c->index[c->push_count++] = i;
	}
	return first;
}

/* Push I can share a command with the one before it. */
static bool joins(const struct call *c, size_t i, const struct group *g)
{
	const struct push *a = &c->pushes[g->first], *b = &c->pushes[i];

	return g->count < MAX_VARIADIC && push_is_plain(a) && push_is_plain(b) &&
	       (a->run_at_s == 0) == (b->run_at_s == 0) &&
	       (a->run_at_s || slice_equal(a->name, b->name));
}

static void write_group(struct call *c, const struct group *g)
{
	const struct push *first = &c->pushes[g->first];
	struct redis *r = c->q->redis;

	if (g->known)
		push_begin_known(r, &c->q->keys, first->name);
	else if (!push_is_plain(first))
		push_begin(r, &c->q->keys, first);
	else if (first->run_at_s)
		push_begin_many_scheduled(r, &c->q->keys, first, g->count);
	else
		push_begin_many(r, first, g->count);
}

/*
 * Form the groups of one round trip from push FROM on; returns the number of
 * groups and in *TO where the next round trip begins. Unique jobs make their
 * name known first, others after, as gocraft/work does; within one round trip
 * that is the same.
 */
static size_t form_groups(struct call *c, size_t from, size_t *to)
{
	size_t n = 0, bytes = 0, i = from;

	while (i < c->push_count && bytes < MAX_PIPELINE_BYTES) {
		struct group *g = &c->groups[n++];

		*g = (struct group){.first = i};
		do {
			bytes += c->pushes[i].job.len;
			g->count++;
			i++;
		} while (i < c->push_count && bytes < MAX_PIPELINE_BYTES && joins(c, i, g));
		/* A command that schedules may hold several names, one that pushes has one. */
		for (size_t k = g->first; k < (c->pushes[g->first].run_at_s ? i : g->first + 1);
		     k++)
			if (must_make_known(c->q, c->pushes[k].name))
				c->groups[n++] = (struct group){.first = k, .known = true};
	}
	*to = i;
	return n;
}

static int read_group(struct call *c, const struct group *g, const struct reply *reply,
		      cwork_error *err)
{
	const struct push *first = &c->pushes[g->first];
	int r;

	if (g->known) {
		/* The jobs are in, whatever became of this: the name is made known again next time.
		 */
		if (reply_check(reply, NULL) < 0)
			forget_known(c->q, first->name);
		return 0;
	}
	r = push_read(reply, first, err);
	for (size_t i = 0; i < g->count; i++)
		c->jobs[c->index[g->first + i]].result = r;
	return r < 0 ? r : 0;
}

static int fail_groups(struct call *c, size_t groups, int code)
{
	for (size_t n = 0; n < groups; n++) {
		const struct group *g = &c->groups[n];

		if (g->known)
			forget_known(c->q, c->pushes[g->first].name);
		for (size_t i = 0; i < g->count; i++)
			fail_job(c, c->index[g->first + i], code);
	}
	return code;
}

/* Wait until connecting may be tried again; false when that is past the deadline. */
static bool wait_to_reconnect(struct call *c)
{
	int ms = redis_retry_in_ms(c->q->redis);

	if (clock_mono_ms() + ms >= c->deadline_ms)
		return false;
	poll(NULL, 0, ms > 0 ? ms : 1);
	return true;
}

/* CONNECT and BUSY: nothing was sent. */
static bool may_repeat(const struct call *c, int code)
{
	return code == CWORK_E_CONNECT || code == CWORK_E_BUSY ||
	       (code == CWORK_E_UNKNOWN && c->repeatable);
}

/* One round trip, repeated while that is harmless. */
static int send_groups(struct call *c, size_t groups, struct reply **replies, cwork_error *err)
{
	int r;

	do {
		for (size_t n = 0; n < groups; n++)
			write_group(c, &c->groups[n]);
		r = redis_exchange(c->q->redis, &c->q->arena, replies, err);
	} while (may_repeat(c, r) && wait_to_reconnect(c));
	return r;
}

static int push_all(struct call *c, cwork_error *err)
{
	int first = 0;

	for (size_t from = 0, to; from < c->push_count; from = to) {
		size_t groups = form_groups(c, from, &to);
		struct reply *replies;
		int r = send_groups(c, groups, &replies, first ? NULL : err);

		if (r < 0)
			r = fail_groups(c, groups, r);
		for (size_t n = 0; r == 0 && n < groups; n++) {
			int r2 = read_group(c, &c->groups[n], &replies[n], first ? NULL : err);

			first = first ? first : r2;
		}
		first = first ? first : r;
	}
	return first;
}

static int enqueue(cwork_enqueuer *q, cwork_new_job *jobs, size_t count, char *single_id,
		   cwork_error *err)
{
	struct call c = {.q = q, .jobs = jobs, .count = count};
	int prepared, pushed;

	guard(&q->mutex);
	arena_reset(&q->arena);
	c.deadline_ms = clock_mono_ms() + q->timeout_ms;
	c.pushes = arena_alloc(&q->arena, (count + 1) * sizeof(*c.pushes));
	c.index = arena_alloc(&q->arena, (count + 1) * sizeof(*c.index));
	c.groups = arena_alloc(&q->arena, (2 * count + 1) * sizeof(*c.groups));
	if (!c.pushes || !c.index || !c.groups)
		return error_nomem(err);
	prepared = prepare(&c, single_id, err);
	pushed = push_all(&c, prepared ? NULL : err);
	return prepared ? prepared : pushed;
}

int cwork_enqueue_many(cwork_enqueuer *q, cwork_new_job *jobs, size_t count, cwork_error *err)
{
	return enqueue(q, jobs, count, NULL, err);
}

static int check_enqueue_options(const cwork_enqueue_options *o, cwork_error *err)
{
	if (o && (o->size > sizeof(*o) || o->size < sizeof(o->size)))
		return error_set(err, CWORK_E_INVALID, "the enqueue options' size is %zu, not %zu",
				 o->size, sizeof(*o));
	return 0;
}

static int enqueue_one(cwork_enqueuer *q, cwork_new_job job, const cwork_enqueue_options *options,
		       cwork_error *err)
{
	cwork_enqueue_options o = {0};
	char id[CWORK_ID_SIZE] = "";
	int r = check_enqueue_options(options, err);

	if (r < 0)
		return r;
	if (options)
		memcpy(&o, options, options->size);
	job.id = o.id;
	job.once_s = o.once_s;
	r = enqueue(q, &job, 1, id, err);
	if (r < 0 && r != CWORK_E_UNKNOWN)
		return r;
	if (o.id_out)
		snprintf(o.id_out, CWORK_ID_SIZE, "%s", o.id ? o.id : id);
	return r < 0 ? r : job.result;
}

/* A time in SECONDS from now; 0 would mean at once, so what is due goes through scheduled like
 * Go's. */
static int64_t in_seconds(int64_t seconds)
{
	int64_t now = clock_now_s(), at;

	if (__builtin_add_overflow(now, seconds, &at))
		return seconds > 0 ? INT64_MAX : 1;
	return at > 0 ? at : 1;
}

int cwork_enqueue(cwork_enqueuer *q, const char *name, cwork_args args,
		  const cwork_enqueue_options *options, cwork_error *err)
{
	return enqueue_one(q, (cwork_new_job){.name = name, .args = args}, options, err);
}

int cwork_enqueue_in(cwork_enqueuer *q, const char *name, int64_t seconds, cwork_args args,
		     const cwork_enqueue_options *options, cwork_error *err)
{
	return cwork_enqueue_at(q, name, in_seconds(seconds), args, options, err);
}

int cwork_enqueue_at(cwork_enqueuer *q, const char *name, int64_t at_s, cwork_args args,
		     const cwork_enqueue_options *options, cwork_error *err)
{
	return enqueue_one(
		q, (cwork_new_job){.name = name, .args = args, .run_at_s = at_s > 0 ? at_s : 1},
		options, err);
}

int cwork_enqueue_unique(cwork_enqueuer *q, const char *name, cwork_args args,
			 const cwork_enqueue_options *options, cwork_error *err)
{
	return enqueue_one(q, (cwork_new_job){.name = name, .args = args, .unique = true}, options,
			   err);
}

int cwork_enqueue_unique_in(cwork_enqueuer *q, const char *name, int64_t seconds, cwork_args args,
			    const cwork_enqueue_options *options, cwork_error *err)
{
	return enqueue_one(q,
			   (cwork_new_job){.name = name,
					   .args = args,
					   .run_at_s = in_seconds(seconds),
					   .unique = true},
			   options, err);
}

int cwork_enqueue_unique_by_key(cwork_enqueuer *q, const char *name, cwork_args args,
				cwork_args key, const cwork_enqueue_options *options,
				cwork_error *err)
{
	return enqueue_one(q,
			   (cwork_new_job){.name = name, .args = args, .unique = true, .key = key},
			   options, err);
}

int cwork_enqueue_unique_in_by_key(cwork_enqueuer *q, const char *name, int64_t seconds,
				   cwork_args args, cwork_args key,
				   const cwork_enqueue_options *options, cwork_error *err)
{
	return enqueue_one(q,
			   (cwork_new_job){.name = name,
					   .args = args,
					   .run_at_s = in_seconds(seconds),
					   .unique = true,
					   .key = key},
			   options, err);
}
