/*
 * What a server sends by itself on a connection that subscribed: messages, which
 * may come between the replies to commands. They are read into memory of this
 * module's own, since one may come in two parts with the caller's arena gone in
 * between, and kept until asked for.
 */
#ifndef REDIS_PUSHES_H
#define REDIS_PUSHES_H

#include "base/arena.h"
#include "redis/reader.h"

struct push;

/* Zero-initialised is ready. */
struct pushes {
	struct arena arena;	   /* of all below */
	struct reply current;	   /* being read */
	struct push *first, *last; /* messages that were met while waiting for a reply */
};

/* Read the next reply that is no message; messages are kept. Results as reader_next(). */
int pushes_next_reply(struct pushes *p, struct reader *reader, struct arena *a, struct reply *out,
		      cwork_error *err);
/* Read the next message, or any reply, of those kept or received. Results as reader_next(). */
int pushes_next(struct pushes *p, struct reader *reader, struct arena *a, struct reply *out,
		cwork_error *err);
/* Forget all: the connection is gone. */
void pushes_clear(struct pushes *p);
void pushes_free(struct pushes *p);

#endif
