/* The job types a pool serves. Filled before the pool starts, read-only afterwards. */
#ifndef POOL_REGISTRY_H
#define POOL_REGISTRY_H

#include "store/keys.h"
#include <cwork/pool.h>

struct job_type {
	struct slice name;
	unsigned index; /* in the registry */
	cwork_handler *fn;
	struct cwork_job_options options; /* defaults filled in */
	struct queue_keys keys;
};

struct registry {
	struct arena arena;
	struct job_type **types; /* sorted by name once frozen */
	unsigned count, cap;
};

/* Add a type. OPTIONS may be NULL. BAD_NAME, INVALID (options out of range, registered twice). */
int registry_add(struct registry *r, const char *name, cwork_handler *fn,
		 const cwork_job_options *options, cwork_error *err);
/* Sort the types and give them their keys. */
int registry_freeze(struct registry *r, const struct keys *keys, cwork_error *err);
/* The type of NAME in a frozen registry, or NULL. */
struct job_type *registry_find(const struct registry *r, struct slice name);
void registry_free(struct registry *r);

#endif
