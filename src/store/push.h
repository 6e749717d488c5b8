/*
 * Putting new jobs into Redis (wire-format.md §6). Each step is two halves, so
 * that many share one round trip: begin writes the command, read understands
 * its reply.
 */
#ifndef STORE_PUSH_H
#define STORE_PUSH_H

#include "redis/conn.h"
#include "store/keys.h"

/* One job to push. All borrowed until the exchange. */
struct push {
	struct slice name, job;	   /* job: its bytes */
	int64_t run_at_s;	   /* 0: now */
	struct slice unique_key;   /* empty: not unique */
	struct slice unique_value; /* with unique_key */
	struct slice once_key;	   /* empty: none */
	int64_t once_s;
	const char *token;  /* with once_key: tells this call from others */
	struct slice queue; /* the key of its queue */
};

/* PUSH_DONE, or why nothing was pushed. */
enum push_result { PUSH_DONE, PUSH_DUPLICATE };

/* True when the job can share a variadic push with others. */
bool push_is_plain(const struct push *p);

/* Push one job of any kind. */
void push_begin(struct redis *r, const struct keys *keys, const struct push *p);
/* Its reply: PUSH_DONE, PUSH_DUPLICATE, or a failure. */
int push_read(const struct reply *reply, const struct push *p, cwork_error *err);

/* Push COUNT plain jobs of one name that run now, in their order, as one command. */
void push_begin_many(struct redis *r, const struct push *pushes, size_t count);
/* Schedule COUNT plain jobs as one command. */
void push_begin_many_scheduled(struct redis *r, const struct keys *keys, const struct push *pushes,
			       size_t count);
/* The reply to either: 0 or a failure. */
int push_read_many(const struct reply *reply, cwork_error *err);

/* Make a name known. */
void push_begin_known(struct redis *r, const struct keys *keys, struct slice name);

#endif
