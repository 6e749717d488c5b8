/*
 * A proxy between a client and a unix socket that loses answers: of each Nth
 * command that holds a marker, the reply is dropped and the connection closed,
 * after the server has done the work.
 */
#ifndef TORTURE_PROXY_H
#define TORTURE_PROXY_H

#include <stdatomic.h>

struct proxy;

/* Listen on PATH and forward to SERVER_PATH. */
struct proxy *proxy_start(const char *path, const char *server_path);
void proxy_stop(struct proxy *p);
/* Lose the reply to every EVERY-th command with MARKER (static text); NULL: none. */
void proxy_lose(struct proxy *p, const char *marker, int every);
/* How many replies were lost so far. */
int proxy_lost(struct proxy *p);

#endif
