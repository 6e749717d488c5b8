/*
 * A real redis-server for a test program: started once, on a unix socket in a
 * private directory, emptied before each test that asks for it, stopped and
 * removed at exit, also when the test crashes.
 */
#ifndef TESTS_REDIS_FIXTURE_H
#define TESTS_REDIS_FIXTURE_H

#include "base/arena.h"
#include "redis/conn.h"

/* The URL of the program's server, started at the first call. Also FLUSHALLs and resets its
 * configuration. */
const char *fixture_redis_url(void);
/* The same URL, with nothing emptied or reset. */
const char *fixture_redis_socket_url(void);
/* The same server over TCP on a free loopback port. */
const char *fixture_redis_tcp_url(void);
/* Start one more server, with extra configuration words ("--appendonly", "yes", NULL). */
struct fixture_server;
struct fixture_server *fixture_server_start(const char *const *extra);
const char *fixture_server_url(const struct fixture_server *s);
/* kill -9 and start again on the same data and socket. */
void fixture_server_kill(struct fixture_server *s);
void fixture_server_restart(struct fixture_server *s);
void fixture_server_stop(struct fixture_server *s);

/*
 * Run one command on the program's server and return its reply as redis-cli
 * would print it raw ("3", "OK", lines for arrays, "" for nil); the text lives
 * until the test ends. fixture_cmd("LLEN work:jobs:foo"): words split at
 * spaces; fixture_cmdv takes words with any bytes.
 */
const char *fixture_cmd(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *fixture_cmdv(const char *word, ...) __attribute__((sentinel));
int64_t fixture_int(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
