/*
 * The process between a private server and its users: it is the server's
 * parent, restarts it when it crashes, and stops it when the last user is gone.
 *
 * Everything is told by locks (flock) on three files of the directory, which
 * the kernel drops with their holders:
 *
 *	users		shared by each user; exclusive: the guardian, once they are gone
 *	guardian	exclusive by the guardian, for its life
 *	server		exclusive by the server and its children, for their lives
 */
#ifndef REDIS_GUARDIAN_H
#define REDIS_GUARDIAN_H

#include <cwork/error.h>

#define GUARDIAN_USERS "users"
#define GUARDIAN_LOCK "guardian"
#define GUARDIAN_SERVER "server"
#define GUARDIAN_SOCKET "redis.sock"
#define GUARDIAN_LOG "redis.log"

/*
 * Start a guardian of the directory DIR, to run PROGRAM there. LOCK is a
 * descriptor of the guardian file, locked: the lock goes over to the guardian
 * when the caller closes it. The caller holds a shared lock on users.
 */
int guardian_start(int dir, int lock, const char *program, cwork_error *err);

#endif
