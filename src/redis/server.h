/*
 * A Redis to talk to, shared by the connections to it: the parsed URL, and for
 * embedded: the private server's lease. Thread-safe, counted.
 */
#ifndef REDIS_SERVER_H
#define REDIS_SERVER_H

#include <cwork/error.h>

struct redis_server;
struct redis_url;

/* Parse URL (NULL: redis://127.0.0.1:6379); for embedded: also start the private server or join it.
 */
int redis_server_open(struct redis_server **out, const char *url, cwork_error *err);
struct redis_server *redis_server_ref(struct redis_server *s);
/* Drop a reference; NULL is fine. Returns NULL. */
struct redis_server *redis_server_unref(struct redis_server *s);
/* The address for people, without credentials. Lives as long as S. */
const char *redis_server_text(const struct redis_server *s);
/* Where to connect: a TCP or UNIX address, for embedded: the private server's socket. Lives as long
 * as S. */
const struct redis_url *redis_server_address(const struct redis_server *s);
/* A connection was refused: when S is embedded: and nobody looks after its server any more, start
 * one again. Does not wait. */
void redis_server_revive(struct redis_server *s);

static inline void redis_server_unrefp(struct redis_server **s)
{
	redis_server_unref(*s);
}

#endif
