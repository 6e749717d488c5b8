/* What an error reply means, for the connection's own use. */
#ifndef REDIS_REPLY_ERROR_H
#define REDIS_REPLY_ERROR_H

#include "redis/reply.h"

/* The CWORK_E_* that R, an error reply, means. */
int reply_error_code(const struct reply *r);

#endif
