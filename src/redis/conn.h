/*
 * A connection to Redis that comes back. The only module that knows the
 * protocol's bytes, sockets, and hiredis.
 *
 * Commands are written into the connection's buffer (redis_begin, redis_arg…),
 * then sent together by redis_exchange(), which waits for one reply to each.
 * Used by one thread at a time; the caller locks.
 *
 * Time is bounded everywhere: connecting by connect_timeout_ms, an exchange by
 * command_timeout_ms. SIGPIPE can't happen (MSG_NOSIGNAL).
 *
 * Reconnecting: redis_exchange() connects when there is no connection. After a
 * failed attempt it refuses, with the code and text of that failure, until the
 * back-off (growing to 2 s, with jitter) is over; redis_retry_in_ms() tells how long that is, so
 * that the caller can wait in its own, interruptible way. What the server keeps
 * per connection (tracking, subscriptions) is gone after a reconnect:
 * redis_generation() changes each time.
 */
#ifndef REDIS_CONN_H
#define REDIS_CONN_H

#include "base/arena.h"
#include "base/slice.h"
#include "redis/reply.h"
#include "redis/script.h"
#include "redis/server.h"
#include <cwork/error.h>
#include <stdint.h>

struct redis;

struct redis_options {
	int connect_timeout_ms; /* 0: 5000 */
	int command_timeout_ms; /* 0: 5000; time without progress from the server, not of the whole
				   exchange */
	const char *name;	/* CLIENT SETNAME, or NULL; copied */
};

/* Make a connection object; takes its own reference to SERVER. Does not connect. */
int redis_new(struct redis **out, struct redis_server *server, const struct redis_options *options,
	      cwork_error *err);
struct redis *redis_free(struct redis *r);

/* Connect now if there is no connection, ignoring the back-off. Authenticates, selects the
 * database. */
int redis_connect(struct redis *r, cwork_error *err);
/* Close the connection; the next exchange opens a new one. */
void redis_close(struct redis *r);
bool redis_is_connected(const struct redis *r);
/* How many connections were made so far: changes with every reconnect. 0: none yet. */
uint64_t redis_generation(const struct redis *r);
/* Milliseconds until a new attempt to connect is allowed; 0: now. */
int redis_retry_in_ms(const struct redis *r);
/* The descriptor, for poll; -1 when not connected. */
int redis_fd(const struct redis *r);

/* Begin a command of ARGC words, its name included; redis_arg…() must follow ARGC times. */
void redis_begin(struct redis *r, size_t argc);
/* Begin a call of SCRIPT; NKEYS keys, then NARGS arguments follow by redis_arg…(). */
void redis_begin_script(struct redis *r, const struct script *script, size_t nkeys, size_t nargs);
void redis_arg(struct redis *r, struct slice s);
void redis_arg_str(struct redis *r, const char *s);
void redis_arg_int(struct redis *r, int64_t value);
/* A whole command from C strings, NULL at the end. */
void redis_command(struct redis *r, const char *name, ...) __attribute__((sentinel));
/* Drop the commands that were begun since the last exchange. */
void redis_discard(struct redis *r);
/* Commands, and their bytes, that wait for the next exchange. */
size_t redis_pending(const struct redis *r);
size_t redis_pending_bytes(const struct redis *r);

/*
 * Send the commands and read one reply each. *REPLIES (in A) are as many, in
 * order; error replies are replies. A script that the server does not have is
 * sent again with its source, out of sight of the caller, AFTER the other
 * commands of this exchange were answered. A reply that says the server is a
 * replica (READONLY) closes the connection afterwards.
 *
 * Failures: CONNECT, AUTH, BUSY and TOO_LARGE (nothing was sent), UNKNOWN
 * (sent, not all answered: the connection is closed), PROTOCOL, NOMEM. The
 * commands are forgotten in any case.
 *
 * SUBSCRIBE to one channel at a time, and with no script in the same exchange:
 * more channels would be answered more than once, and a subscribed connection
 * may not send the script again.
 * Messages that come while replies are awaited are kept for redis_read_push(),
 * up to 1 MB of them; above that all are dropped.
 */
int redis_exchange(struct redis *r, struct arena *a, struct reply **replies, cwork_error *err);

/*
 * Read one message the server sent by itself (a subscribed channel's), without
 * waiting. Returns 1 with *OUT in A, 0 when there is none now, or a failure
 * (the connection is closed then). Call it until 0 before waiting on
 * redis_fd(): more than one may have come.
 */
int redis_read_push(struct redis *r, struct arena *a, struct reply **out, cwork_error *err);

/* The server's version as 70015 for 7.0.15, read at connect from INFO or HELLO when permitted; 0:
 * unknown. */
int redis_server_version(const struct redis *r);

static inline void redis_freep(struct redis **r)
{
	redis_free(*r);
}

#endif
