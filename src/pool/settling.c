/* The finished jobs that Redis does not know of yet. */
#include "pool/settling.h"

#include "base/error.h"
#include "pool/run.h"

#define MAX_ITEMS 4000		  /* jobs of one step */
#define MAX_ITEM_BYTES (4u << 20) /* and their bytes */

int settling_init(struct settling *s, const struct keys *keys, const struct registry *registry,
		  const struct log *log, cwork_error *err)
{
	size_t types = registry->count ? registry->count : 1;

	s->keys = keys;
	s->registry = registry;
	s->log = log;
	s->queues = calloc(types, sizeof(*s->queues));
	s->windows = calloc(types, sizeof(*s->windows));
	s->window_types = calloc(types, sizeof(*s->window_types));
	s->survivors = calloc(types * SETTLING_MAX_SURVIVORS, sizeof(*s->survivors));
	if (!s->queues || !s->windows || !s->window_types || !s->survivors)
		return error_nomem(err);
	return 0;
}

void settling_free(struct settling *s)
{
	free(s->pending);
	free(s->items);
	free(s->item_jobs);
	free(s->queues);
	free(s->windows);
	free(s->window_types);
	free(s->survivors);
	*s = (struct settling){0};
}

bool settling_add(struct settling *s, struct cwork_job *job)
{
	if (s->count == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 256;
		struct cwork_job **pending = realloc(s->pending, cap * sizeof(*pending));

		if (!pending)
			return false;
		s->pending = pending;
		s->cap = cap;
	}
	job->pending = true;
	s->pending[s->count++] = job;
	return true;
}

/* Choose the jobs of this step: those of the first one's lease, moved to the front, up to the
 * bounds. */
static void choose(struct settling *s)
{
	size_t bytes = 0, n = 0;

	s->lease = s->pending[0]->lease;
	for (size_t i = 0; i < s->count && n < MAX_ITEMS && bytes < MAX_ITEM_BYTES; i++) {
		struct cwork_job *job = s->pending[i];

		if (job->lease != s->lease)
			continue;
		s->pending[i] = s->pending[n];
		s->pending[n++] = job;
		job->settling = true;
		bytes += job->raw.len + job->kept.len;
	}
	s->planned = n;
}

static bool can_go_by_place(const struct settling *s, const struct cwork_job *job)
{
	return job->settling && job->fate == FATE_ACK && job->listed && !job->by_value &&
	       !s->lease->unsure && !atomic_load(&s->lease->fenced);
}

/*
 * The window of one type's list: from the oldest job on, up to the last one
 * for which cutting and putting the survivors back is cheaper than removing by
 * value. Jobs that are settled by value go first and are not counted.
 */
static void plan_window(struct settling *s, const struct in_flight *list, unsigned type)
{
	size_t *survivors = s->survivors + s->survivor_count;
	size_t place = 0, done = 0, kept = 0, best = 0, best_kept = 0;
	const struct cwork_job *far = NULL;

	for (const struct cwork_job *job = list->oldest; job; job = job->newer) {
		if (job->settling && !can_go_by_place(s, job))
			continue;
		place++;
		if (can_go_by_place(s, job)) {
			done++;
			if (kept <= 2 * done) {
				best = place;
				best_kept = kept;
				far = job;
			}
		} else if (kept == SETTLING_MAX_SURVIVORS) {
			break;
		} else {
			survivors[kept++] = place;
		}
	}
	if (!far)
		return;
	for (size_t i = 0; i < best_kept / 2; i++) { /* farthest first */
		size_t swap = survivors[i];

		survivors[i] = survivors[best_kept - 1 - i];
		survivors[best_kept - 1 - i] = swap;
	}
	s->window_types[s->window_count] = type;
	s->windows[s->window_count++] = (struct ack_window){
		.queue = {&s->registry->types[type]->keys, list->in_progress},
		.window = best,
		.far = far->raw,
		.survivors = survivors,
		.survivor_count = best_kept,
	};
	s->survivor_count += best_kept;
}

/* Mark the jobs that the windows remove. */
static void mark_windows(struct settling *s)
{
	for (size_t i = 0; i < s->planned; i++)
		s->pending[i]->in_window = false;
	for (size_t w = 0; w < s->window_count; w++) {
		struct cwork_job *job = s->lease->lists[s->window_types[w]].oldest;

		for (size_t place = 0; place < s->windows[w].window; job = job->newer) {
			if (job->settling && !can_go_by_place(s, job))
				continue;
			place++;
			job->in_window = job->settling;
		}
	}
}

/* What each window's list holds once the jobs that go by value have left it. */
static void measure_windows(struct settling *s)
{
	for (size_t w = 0; w < s->window_count; w++) {
		size_t leaving = 0;

		for (size_t i = 0; i < s->item_count; i++)
			leaving += s->item_jobs[i]->listed &&
				   s->item_jobs[i]->type->index == s->window_types[w];
		s->windows[w].length = s->lease->lists[s->window_types[w]].count - leaving;
	}
}

static bool room_for_items(struct settling *s, size_t count)
{
	struct settlement *items;
	struct cwork_job **jobs;

	if (count <= s->item_cap)
		return true;
	items = realloc(s->items, count * sizeof(*items));
	if (items)
		s->items = items;
	jobs = realloc(s->item_jobs, count * sizeof(struct cwork_job *));
	if (jobs)
		s->item_jobs = jobs;
	if (!items || !jobs)
		return false;
	s->item_cap = count;
	return true;
}

static void add_item(struct settling *s, struct cwork_job *job)
{
	s->item_jobs[s->item_count] = job;
	s->items[s->item_count++] = (struct settlement){
		.queue = job->type->index,
		.fate = job->fate,
		.job = job->raw,
		.score = job->score,
		.kept = strbuf_slice(&job->kept),
	};
}

/* Those that go back to the front come last, the newest first, so that the oldest is fetched first
 * again. */
static void plan_items(struct settling *s)
{
	for (size_t i = 0; i < s->planned; i++)
		if (!s->pending[i]->in_window && s->pending[i]->fate != FATE_FRONT)
			add_item(s, s->pending[i]);
	for (size_t i = s->planned; i-- > 0;)
		if (!s->pending[i]->in_window && s->pending[i]->fate == FATE_FRONT)
			add_item(s, s->pending[i]);
}

/* Only the queues that occur, so that a pool with a thousand job types sends few keys. */
static size_t number_queues(struct settling *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->item_count; i++) {
		struct job_type *type = s->registry->types[s->items[i].queue];
		struct slice list = s->lease->lists[type->index].in_progress;
		size_t q = 0;

		while (q < n && s->queues[q].keys != &type->keys)
			q++;
		if (q == n)
			s->queues[n++] = (struct settle_queue){&type->keys, list};
		s->items[i].queue = (unsigned)q;
	}
	return n;
}

static void plan_windows(struct settling *s)
{
	for (unsigned type = 0; type < s->registry->count; type++)
		if (s->lease->lists[type].count)
			plan_window(s, &s->lease->lists[type], type);
}

size_t settling_begin(struct settling *s, struct redis *r)
{
	size_t commands = 0;

	s->planned = s->item_count = s->window_count = s->survivor_count = 0;
	if (s->count == 0)
		return 0;
	choose(s);
	if (!room_for_items(s, s->planned)) {
		settling_abort(s);
		s->held = true;
		return 0;
	}
	plan_windows(s);
	mark_windows(s);
	plan_items(s);
	measure_windows(s);
	if (s->item_count) {
		size_t queues = number_queues(s);

		settle_begin(r, s->keys, s->lease->id, s->queues, queues, s->items, s->item_count);
		commands++;
	}
	if (s->window_count) {
		ack_begin(r, s->lease->id, s->windows, s->window_count);
		commands++;
	}
	return commands;
}

void settling_abort(struct settling *s)
{
	for (size_t i = 0; i < s->planned; i++)
		s->pending[i]->settling = s->pending[i]->in_window = false;
	s->planned = s->item_count = s->window_count = 0;
}

/*
 * Take the settled ones, which read_* have marked by clearing settling, out of
 * the pending. Those that were refused go to the end, so that they don't stand
 * in the way of the others.
 */
static void remove_settled(struct settling *s, void (*done)(struct cwork_job *, void *), void *data)
{
	size_t refused = 0, others = s->count - s->planned;

	for (size_t i = 0; i < s->planned; i++) {
		struct cwork_job *job = s->pending[i];

		if (!job->settling) {
			done(job, data);
			continue;
		}
		job->settling = false;
		s->pending[refused++] = job;
	}
	/* [refused | settled | others] becomes [others | refused] by way of the items, which are
	 * read by now. */
	memcpy(s->item_jobs, s->pending, refused * sizeof(*s->pending));
	memmove(s->pending, s->pending + s->planned, others * sizeof(*s->pending));
	memcpy(s->pending + others, s->item_jobs, refused * sizeof(*s->pending));
	s->count = others + refused;
	s->planned = 0;
}

static int read_items(struct settling *s, const struct reply *reply, cwork_error *err)
{
	static struct log_limit limit;
	int r = settle_read(reply, s->item_count, err);

	for (size_t i = 0; r == 0 && i < s->item_count; i++) {
		struct cwork_job *job = s->item_jobs[i];
		cwork_error why;

		enum settle_result result = settle_result(reply, i, &why);

		if (result != SETTLE_REFUSED) {
			job->settling = false;
			/* Nobody but a reaper takes our jobs: then the mirror is wrong. */
			if (result == SETTLE_NOT_OURS && !atomic_load(&job->lease->fenced))
				s->lease->unsure = true;
			continue;
		}
		s->held = true;
		/* It went back into progress, at the tail: its place is not known any more. */
		s->lease->unsure = true;
		log_line(s->log, CWORK_LOG_ERROR, &limit, "job %.*s can't be settled: %s",
			 (int)job->type->name.len, job->type->name.ptr, why.text);
	}
	return r;
}

static int read_windows(struct settling *s, const struct reply *reply, cwork_error *err)
{
	int r = ack_read(reply, s->window_count, err);

	for (size_t w = 0; r == 0 && w < s->window_count; w++) {
		unsigned type = s->window_types[w];
		bool cut = ack_was_cut(reply, w);

		if (!cut)
			s->lease->unsure = true;
		for (size_t i = 0; i < s->planned; i++) {
			struct cwork_job *job = s->pending[i];

			if (job->type->index != type || !job->in_window)
				continue;
			job->settling = !cut;
			job->by_value = !cut;
		}
	}
	return r;
}

int settling_read(struct settling *s, const struct reply *replies,
		  void (*done)(struct cwork_job *, void *), void *data, cwork_error *err)
{
	int r = 0, r2;

	if (s->item_count)
		r = read_items(s, replies++, err);
	if (s->window_count) {
		r2 = read_windows(s, replies, r < 0 ? NULL : err);
		r = r < 0 ? r : r2;
	}
	remove_settled(s, done, data);
	return r;
}
