/* The names of all Redis keys. Knows no commands. */
#include "store/keys.h"

#include "base/error.h"
#include "base/strbuf.h"

static struct slice slice_of_copy(const char *s)
{
	return s ? slice_of(s) : (struct slice){0};
}

/* PREFIX, then up to four parts. */
static struct slice join(const struct keys *keys, struct arena *a, struct slice p1, struct slice p2,
			 struct slice p3, struct slice p4)
{
	const struct slice parts[] = {keys->prefix, p1, p2, p3, p4};
	size_t len = 0;
	char *text, *at;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		len += parts[i].len;
	text = at = arena_alloc(a, len + 1);
	if (!text)
		return (struct slice){0};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (parts[i].len)
			memcpy(at, parts[i].ptr, parts[i].len);
		at += parts[i].len;
	}
	*at = '\0';
	return slice_n(text, len);
}

static struct slice global(struct keys *keys, const char *name)
{
	return join(keys, &keys->arena, slice_of(name), SLICE(""), SLICE(""), SLICE(""));
}

/* gocraft/work adds the colon only when the namespace lacks one, and none to the empty namespace.
 */
static struct slice prefix_of(struct arena *a, const char *ns)
{
	size_t len = strlen(ns);

	if (len == 0)
		return SLICE("");
	return slice_of_copy(arena_printf(a, ns[len - 1] == ':' ? "%s" : "%s:", ns));
}

static int check_namespace(const char *ns, cwork_error *err)
{
	for (const char *c = ns; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return error_set(err, CWORK_E_INVALID,
					 "the namespace has a control character");
	return 0;
}

int keys_init(struct keys *keys, const char *ns, cwork_error *err)
{
	int r;

	*keys = (struct keys){0};
	r = check_namespace(ns ? ns : "work", err);
	if (r < 0)
		return r;
	keys->prefix = prefix_of(&keys->arena, ns ? ns : "work");
	keys->known_jobs = global(keys, "known_jobs");
	keys->scheduled = global(keys, "scheduled");
	keys->retry = global(keys, "retry");
	keys->dead = global(keys, "dead");
	keys->worker_pools = global(keys, "worker_pools");
	keys->quarantine = global(keys, "quarantine");
	keys->jobs_prefix = global(keys, "jobs:");
	if (keys->prefix.ptr && keys->known_jobs.ptr && keys->scheduled.ptr && keys->retry.ptr &&
	    keys->dead.ptr && keys->worker_pools.ptr && keys->quarantine.ptr &&
	    keys->jobs_prefix.ptr)
		return 0;
	keys_free(keys);
	return error_nomem(err);
}

void keys_free(struct keys *keys)
{
	arena_free(&keys->arena);
	*keys = (struct keys){0};
}

static struct slice of_queue(const struct keys *keys, struct arena *a, struct slice name,
			     const char *suffix)
{
	return join(keys, a, SLICE("jobs:"), name, slice_of(suffix), SLICE(""));
}

int keys_queue(const struct keys *keys, struct arena *a, struct slice name, struct queue_keys *out,
	       cwork_error *err)
{
	*out = (struct queue_keys){
		.jobs = of_queue(keys, a, name, ""),
		.paused = of_queue(keys, a, name, ":paused"),
		.max_concurrency = of_queue(keys, a, name, ":max_concurrency"),
		.lock = of_queue(keys, a, name, ":lock"),
		.lock_info = of_queue(keys, a, name, ":lock_info"),
	};
	if (out->jobs.ptr && out->paused.ptr && out->max_concurrency.ptr && out->lock.ptr &&
	    out->lock_info.ptr)
		return 0;
	return error_nomem(err);
}

struct slice keys_jobs(const struct keys *keys, struct arena *a, struct slice name)
{
	return of_queue(keys, a, name, "");
}

struct slice keys_in_progress(const struct keys *keys, struct arena *a, struct slice name,
			      const char *pool_id)
{
	const char *tail = arena_printf(a, ":%s:inprogress", pool_id);

	return tail ? of_queue(keys, a, name, tail) : (struct slice){0};
}

struct slice keys_heartbeat(const struct keys *keys, struct arena *a, const char *pool_id)
{
	return join(keys, a, SLICE("worker_pools:"), slice_of(pool_id), SLICE(""), SLICE(""));
}

struct slice keys_observation(const struct keys *keys, struct arena *a, const char *worker_id)
{
	return join(keys, a, SLICE("worker:"), slice_of(worker_id), SLICE(""), SLICE(""));
}

struct slice keys_once(const struct keys *keys, struct arena *a, struct slice name, struct slice id)
{
	return join(keys, a, SLICE("once:"), name, SLICE(":"), id);
}

struct slice keys_unique_prefix(const struct keys *keys, struct arena *a, struct slice name)
{
	return join(keys, a, SLICE("unique:"), name, SLICE(":"), SLICE(""));
}

struct slice keys_unique(const struct keys *keys, struct arena *a, struct slice name,
			 struct slice map)
{
	struct slice prefix = keys_unique_prefix(keys, a, name);
	struct strbuf key = {0};
	char *copy;

	/* No map adds nothing at all; any other is followed by a newline, as Go's encoder writes
	 * it. */
	if (map.len == 0 || !prefix.ptr)
		return prefix;
	strbuf_append_slice(&key, prefix);
	strbuf_append_slice(&key, map);
	strbuf_append_char(&key, '\n');
	copy = key.failed ? NULL : arena_copy(a, strbuf_slice(&key));
	prefix = slice_n(copy, copy ? key.len : 0);
	strbuf_free(&key);
	return prefix;
}
