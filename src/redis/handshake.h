/* The first words on a new connection. */
#ifndef REDIS_HANDSHAKE_H
#define REDIS_HANDSHAKE_H

#include "redis/url.h"
#include "redis/wire.h"

/*
 * Authenticate, select the database and take NAME (may be NULL), all in one
 * round trip, and ask whether the server can serve now. *VERSION as
 * redis_server_version(). Results: AUTH, BUSY, CONNECT (it closed or was
 * silent), or what else the server said.
 */
int handshake(struct wire *w, const struct redis_url *url, const char *name, int *version,
	      cwork_error *err);

#endif
