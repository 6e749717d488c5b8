/* Being woken by Redis when there is work. The threads: the leader's only. */
#include "pool/wake.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include <poll.h>
#include <time.h>

/* Nothing is known to get lost, but a lost wake-up must not stop a pool for ever (SWAPDB sends
 * none). */
#define SAFETY_MS 5000
#define POLL_MIN_MS 1
#define POLL_MAX_MS 100
/* The wait before a fetch after N lost races: up to N times this, at most the other. */
#define HOLD_BACK_US 100
#define HOLD_BACK_MAX_US 2000
/* So many lost wake-ups within a second, and the pool stops listening for a while. */
#define DEAF_AFTER 200
#define DEAF_MS 2000

int wake_init(struct wake *w, struct redis_server *server, const struct keys *keys,
	      const struct registry *registry, const struct log *log, cwork_error *err)
{
	w->keys = keys;
	w->registry = registry;
	w->log = log;
	w->poll_ms = POLL_MIN_MS;
	random_seed(&w->random);
	return redis_new(&w->redis, server, &(struct redis_options){.name = "cwork-wake"}, err);
}

void wake_free(struct wake *w)
{
	w->redis = redis_free(w->redis);
	arena_free(&w->arena);
}

bool wake_is_on(const struct wake *w, uint64_t generation)
{
	return w->on && clock_mono_ms() >= w->deaf_until_ms && w->on_generation == generation &&
	       redis_is_connected(w->redis) && redis_generation(w->redis) == w->generation;
}

static void give_up_tracking(struct wake *w, const struct reply *reply)
{
	w->unsupported = true;
	log_line(w->log, CWORK_LOG_WARNING, NULL,
		 "Redis does not tell of new jobs (%.*s): the pool polls instead",
		 (int)reply->str.len, reply->str.ptr);
}

static bool subscribe(struct wake *w)
{
	struct reply *replies;

	arena_reset(&w->arena);
	w->client_id = 0;
	redis_command(w->redis, "CLIENT", "ID", NULL);
	redis_command(w->redis, "SUBSCRIBE", "__redis__:invalidate", NULL);
	if (redis_exchange(w->redis, &w->arena, &replies, NULL) < 0)
		return false;
	for (int i = 0; i < 2; i++)
		if (replies[i].type == REPLY_ERROR) {
			give_up_tracking(w, &replies[i]);
			return false;
		}
	w->generation = redis_generation(w->redis);
	return reply_int(&replies[0], &w->client_id);
}

bool wake_prepare(struct wake *w)
{
	if (w->unsupported || clock_mono_ms() < w->deaf_until_ms)
		return false;
	if (w->client_id && redis_is_connected(w->redis) &&
	    redis_generation(w->redis) == w->generation)
		return true;
	if (!redis_is_connected(w->redis) && redis_retry_in_ms(w->redis) > 0)
		return false;
	return subscribe(w);
}

void wake_begin_on(struct wake *w, struct redis *jobs)
{
	/* It may still be on, redirected to a connection of ours that is gone. */
	redis_command(jobs, "CLIENT", "TRACKING", "OFF", NULL);
	redis_begin(jobs, 12);
	redis_arg_str(jobs, "CLIENT");
	redis_arg_str(jobs, "TRACKING");
	redis_arg_str(jobs, "ON");
	redis_arg_str(jobs, "REDIRECT");
	redis_arg_int(jobs, w->client_id);
	redis_arg_str(jobs, "BCAST");
	redis_arg_str(jobs, "PREFIX");
	redis_arg(jobs, w->keys->jobs_prefix);
	redis_arg_str(jobs, "PREFIX");
	redis_arg(jobs, w->keys->scheduled);
	redis_arg_str(jobs, "PREFIX");
	redis_arg(jobs, w->keys->retry);
}

void wake_begin_off(struct wake *w, struct redis *jobs)
{
	redis_command(jobs, "CLIENT", "TRACKING", "OFF", NULL);
	w->on = false;
}

void wake_read_on(struct wake *w, const struct reply *reply, uint64_t generation)
{
	w->on = reply->type == REPLY_STATUS;
	w->on_generation = generation;
	if (reply->type != REPLY_ERROR)
		return;
	/* The redirection's target may have just died; anything else will not get better. */
	if (slice_begins(reply->str, SLICE("ERR The client ID")))
		redis_close(w->redis);
	else
		give_up_tracking(w, reply);
}

/* Does the key say that a queue of ours may have work? */
static bool is_work(const struct wake *w, struct slice key, bool blocked)
{
	static const char *const gates[] = {":paused", ":max_concurrency", ":lock"};
	struct slice name;

	if (!slice_begins(key, w->keys->jobs_prefix))
		return false;
	name = slice_n(key.ptr + w->keys->jobs_prefix.len, key.len - w->keys->jobs_prefix.len);
	if (registry_find(w->registry, name))
		return true;
	for (size_t i = 0; blocked && i < sizeof(gates) / sizeof(*gates); i++)
		if (slice_ends(name, slice_of(gates[i])) &&
		    registry_find(w->registry, slice_n(name.ptr, name.len - strlen(gates[i]))))
			return true;
	return false;
}

struct news {
	bool work, timers;
};

/* ["message", "__redis__:invalidate", [key, …]]; nil instead of the keys after FLUSHALL. */
static void understand(const struct wake *w, const struct reply *message, bool blocked,
		       struct news *news)
{
	const struct reply *keys;

	if (message->type != REPLY_ARRAY || message->count != 3)
		return;
	keys = &message->items[2];
	if (keys->type != REPLY_ARRAY)
		news->timers = news->work = true;
	for (size_t i = 0; i < (keys->type == REPLY_ARRAY ? keys->count : 0); i++) {
		struct slice key = keys->items[i].str;

		news->work |= is_work(w, key, blocked);
		news->timers |=
			slice_equal(key, w->keys->scheduled) || slice_equal(key, w->keys->retry);
	}
}

/* Read what has arrived. False when the connection is gone. */
static bool read_news(struct wake *w, bool blocked, struct news *news)
{
	struct reply *message;
	int r;

	arena_reset(&w->arena);
	while ((r = redis_read_push(w->redis, &w->arena, &message, NULL)) > 0) {
		understand(w, message, blocked, news);
		arena_reset(&w->arena);
	}
	return r == 0;
}

bool wake_drain(struct wake *w)
{
	struct news news = {0};

	if (redis_is_connected(w->redis))
		read_news(w, false, &news);
	return news.timers;
}

/* How long to sleep when nobody tells us. */
static int poll_interval(struct wake *w)
{
	int64_t ms = w->poll_ms;

	if (clock_mono_ms() < w->deaf_until_ms)
		return 10 + (int)random_below(&w->random, 40);
	w->poll_ms = ms * 2 < POLL_MAX_MS ? ms * 2 : POLL_MAX_MS;
	return (int)ms;
}

/* The pools that were woken with us ask now; so that they need not all, wait a little. */
static void hold_back(struct wake *w)
{
	unsigned most = w->lost * HOLD_BACK_US;

	if (most == 0)
		return;
	most = most < HOLD_BACK_MAX_US ? most : HOLD_BACK_MAX_US;
	nanosleep(&(struct timespec){.tv_nsec = (long)random_below(&w->random, most) * 1000}, NULL);
}

enum wake_reason wake_wait(struct wake *w, int event_fd, bool blocked, bool listening)
{
	struct pollfd fds[] = {
		{.fd = event_fd, .events = POLLIN},
		{.fd = listening ? redis_fd(w->redis) : -1, .events = POLLIN},
	};
	struct news news = {0};
	int timeout = listening ? SAFETY_MS : poll_interval(w);

	if (poll(fds, 2, timeout) <= 0)
		return WAKE_TIME;
	if (fds[0].revents) {
		event_clear(event_fd);
		return WAKE_EVENT;
	}
	if (!read_news(w, blocked, &news)) {
		w->on = false;
		return WAKE_TIME;
	}
	if (news.work) {
		hold_back(w);
		return WAKE_WORK;
	}
	return news.timers ? WAKE_TIMERS : WAKE_EVENT;
}

void wake_result(struct wake *w, bool won, bool blocked)
{
	int64_t now;

	if (won) {
		w->lost = 0;
		w->poll_ms = POLL_MIN_MS;
		return;
	}
	now = clock_mono_ms();
	w->lost++;
	/* Pushes to a paused queue must not make the pool deaf to its open ones. */
	if (blocked)
		return;
	if (now - w->lost_window_ms > 1000) {
		w->lost_window_ms = now;
		w->lost_in_window = 0;
	}
	if (++w->lost_in_window > DEAF_AFTER)
		w->deaf_until_ms = now + DEAF_MS;
}
