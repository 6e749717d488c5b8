/* A pool's identity in Redis, and what it holds under it. */
#include "pool/lease.h"

#include "base/error.h"
#include "job/id.h"
#include "pool/run.h"

static int fill(struct lease *lease, const struct keys *keys, const struct registry *registry,
		cwork_error *err)
{
	id_make(lease->id);
	lease->count = registry->count;
	lease->heartbeat = keys_heartbeat(keys, &lease->arena, lease->id);
	lease->lists =
		arena_zalloc(&lease->arena, (registry->count + 1) * sizeof(struct in_flight));
	if (!lease->heartbeat.ptr || !lease->lists)
		return error_nomem(err);
	for (unsigned i = 0; i < registry->count; i++) {
		lease->lists[i].in_progress =
			keys_in_progress(keys, &lease->arena, registry->types[i]->name, lease->id);
		if (!lease->lists[i].in_progress.ptr)
			return error_nomem(err);
	}
	return 0;
}

int lease_new(struct lease **out, const struct keys *keys, const struct registry *registry,
	      cwork_error *err)
{
	struct lease *lease = calloc(1, sizeof(*lease));
	int r;

	if (!lease)
		return error_nomem(err);
	r = fill(lease, keys, registry, err);
	if (r < 0) {
		lease_free(lease);
		return r;
	}
	*out = lease;
	return 0;
}

void lease_free(struct lease *lease)
{
	while (lease) {
		struct lease *previous = lease->previous;

		arena_free(&lease->arena);
		free(lease);
		lease = previous;
	}
}

void lease_add_newest(struct lease *lease, struct cwork_job *job)
{
	struct in_flight *list = &lease->lists[job->type->index];

	job->listed = true;
	job->newer = NULL;
	job->older = list->newest;
	if (list->newest)
		list->newest->newer = job;
	else
		list->oldest = job;
	list->newest = job;
	list->count++;
}

void lease_remove(struct lease *lease, struct cwork_job *job)
{
	struct in_flight *list = &lease->lists[job->type->index];

	if (!job->listed)
		return;
	if (job->older)
		job->older->newer = job->newer;
	else
		list->oldest = job->newer;
	if (job->newer)
		job->newer->older = job->older;
	else
		list->newest = job->older;
	job->older = job->newer = NULL;
	job->listed = false;
	list->count--;
}
