/*
 * A connected socket with a reader: bytes out, replies in, neither blocking the
 * other. Knows no URLs and never reconnects.
 */
#ifndef REDIS_WIRE_H
#define REDIS_WIRE_H

#include "base/arena.h"
#include "redis/commands.h"
#include "redis/pushes.h"
#include "redis/reader.h"

struct wire {
	int fd; /* -1: closed */
	struct reader *reader;
	int timeout_ms;	     /* without progress */
	int64_t deadline_ms; /* of everything, below zero: none; clock_mono_ms() */
};

/* One round trip. */
struct round {
	/* in */
	struct arena *arena;
	struct pushes *pushes; /* where messages go */
	size_t direct;	       /* so many replies can have no message in front */
	/* out */
	struct reply *replies;
	bool readonly; /* one says that the server is a replica */
	bool noscript; /* one says that the server does not know a script */
};

/* Take over FD. */
int wire_open(struct wire *w, int fd, cwork_error *err);
void wire_close(struct wire *w);

/*
 * Send C and read one reply to each of its commands. CONNECT: nothing was sent;
 * UNKNOWN: something was; PROTOCOL, NOMEM. After a failure the wire is of no use.
 */
int wire_round_trip(struct wire *w, const struct commands *c, struct round *round,
		    cwork_error *err);
/* Receive what is there: 1 something, 0 nothing now, or CONNECT. */
int wire_receive(struct wire *w, cwork_error *err);

#endif
