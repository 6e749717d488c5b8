/*
 * Bytes from the server become replies in an arena. The only user of hiredis,
 * of which it takes the parser.
 *
 * A reply that has come in part keeps pointers into the arena and the struct it
 * is read to: the next call must name the same ones until it is complete.
 */
#ifndef REDIS_READER_H
#define REDIS_READER_H

#include "base/arena.h"
#include "redis/reply.h"
#include <cwork/error.h>

struct reader;

int reader_new(struct reader **out, cwork_error *err);
struct reader *reader_free(struct reader *r);

/* Where received bytes go, and how many fit; valid when reader_next() has returned 0. */
char *reader_space(struct reader *r, size_t *len);
/* LEN bytes were received there. */
void reader_received(struct reader *r, size_t len);

/* Start counting the memory of replies anew; see READER_MAX_BYTES in reader.c. */
void reader_begin(struct reader *r);
/* Read one reply into *OUT and A: 1 done, 0 more bytes are needed, or PROTOCOL or NOMEM. */
int reader_next(struct reader *r, struct arena *a, struct reply *out, cwork_error *err);
/* True when received bytes, or a part of a reply, wait for reader_next(). */
bool reader_has_rest(const struct reader *r);

#endif
