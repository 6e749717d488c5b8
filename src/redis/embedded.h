/*
 * The private server behind embedded: URLs: a redis-server on a unix socket in
 * a private directory, with an append-only file, shared by all processes that
 * name the same directory.
 *
 * Who stops it: every user holds a shared lock (flock) on DIR/users for as long
 * as it lives; the kernel drops it even after kill -9. A guardian process,
 * the server's parent, waits for the exclusive lock, gets it when the last
 * user is gone, and shuts the server down. It holds that lock until the
 * server has ended, so a new user waits for the end and starts a new one.
 */
#ifndef REDIS_EMBEDDED_H
#define REDIS_EMBEDDED_H

#include "base/strbuf.h"
#include <cwork/error.h>

struct embedded;

/*
 * Join the server of DIR (NULL: $XDG_STATE_HOME/cwork/redis or
 * ~/.local/state/cwork/redis), starting it when it does not run. Blocks up to
 * some seconds. The error for a missing redis-server names the package.
 */
int embedded_join(struct embedded **out, const char *dir, cwork_error *err);
/* Leave; the server ends with its last user. Returns NULL. */
struct embedded *embedded_leave(struct embedded *e);
/*
 * Start a new guardian if the old one was killed; any thread. Does not wait for
 * the server: connect again a little later.
 */
void embedded_revive(struct embedded *e);
/* The path of its socket. */
const char *embedded_socket(const struct embedded *e);

#endif
