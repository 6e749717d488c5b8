/* The names of keys (wire-format.md §1, §5). */
#include "store/keys.h"

#include "base/own.h"
#include "harness/test.h"

static struct arena arena;

static struct keys in(const char *ns)
{
	struct keys keys;

	keys_init(&keys, ns, NULL);
	return keys;
}

static void freep(struct keys *keys)
{
	keys_free(keys);
	arena_free(&arena);
}

TEST(a_namespace_gets_one_colon)
{
	own_by(freep) struct keys keys = in("app");
	own_by(freep) struct keys colon = in("app:");
	own_by(freep) struct keys two = in("app::");
	own_by(freep) struct keys none = in("");
	own_by(freep) struct keys standard = in(NULL);

	CHECK_SLICE(keys.known_jobs, SLICE("app:known_jobs"));
	CHECK_SLICE(colon.known_jobs, SLICE("app:known_jobs"));
	CHECK_SLICE(two.known_jobs, SLICE("app::known_jobs"));
	CHECK_SLICE(none.known_jobs, SLICE("known_jobs"));
	CHECK_SLICE(standard.dead, SLICE("work:dead"));
}

TEST(a_namespace_with_control_characters_is_refused)
{
	struct keys keys;
	cwork_error err;

	CHECK_INT(keys_init(&keys, "a\nb", &err), CWORK_E_INVALID);
}

TEST(names_stand_in_their_keys_as_they_are)
{
	own_by(freep) struct keys keys = in("{app}");
	struct queue_keys queue;

	CHECK_INT(keys_queue(&keys, &arena, SLICE("send email"), &queue, NULL), 0);
	CHECK_SLICE(queue.jobs, SLICE("{app}:jobs:send email"));
	CHECK_SLICE(queue.paused, SLICE("{app}:jobs:send email:paused"));
	CHECK_SLICE(queue.lock, SLICE("{app}:jobs:send email:lock"));
	CHECK_SLICE(queue.lock_info, SLICE("{app}:jobs:send email:lock_info"));
	CHECK_SLICE(queue.max_concurrency, SLICE("{app}:jobs:send email:max_concurrency"));
	CHECK_SLICE(keys_in_progress(&keys, &arena, SLICE("a"), "p1"),
		    SLICE("{app}:jobs:a:p1:inprogress"));
	CHECK_SLICE(keys_heartbeat(&keys, &arena, "p1"), SLICE("{app}:worker_pools:p1"));
	CHECK_SLICE(keys_observation(&keys, &arena, "w1"), SLICE("{app}:worker:w1"));
}

TEST(unique_keys_end_with_a_newline_only_after_a_map)
{
	own_by(freep) struct keys keys = in("work");

	CHECK_SLICE(keys_unique(&keys, &arena, SLICE("foo"), SLICE("")), SLICE("work:unique:foo:"));
	CHECK_SLICE(keys_unique(&keys, &arena, SLICE("foo"), SLICE("{}")),
		    SLICE("work:unique:foo:{}\n"));
}
