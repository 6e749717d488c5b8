/* Stream sockets with deadlines. Knows no Redis. Deadlines are clock_mono_ms(). */
#ifndef REDIS_NET_H
#define REDIS_NET_H

#include <cwork/error.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Connect to HOST over all its addresses, or to the socket PATH. Returns a
 * descriptor, non-blocking and close-on-exec, or CWORK_E_CONNECT. The resolver's
 * own time is not bounded by the deadline.
 */
int net_connect_tcp(const char *host, uint16_t port, int64_t deadline_ms, cwork_error *err);
int net_connect_unix(const char *path, int64_t deadline_ms, cwork_error *err);

/* Wait for EVENTS (poll's). 1 ready, 0 at the deadline, -1 with errno. */
int net_wait(int fd, short events, int64_t deadline_ms);

/* True when the peer has closed, or sent something although nothing was asked. */
bool net_closed_or_talking(int fd, bool talking_is_fine);

#endif
