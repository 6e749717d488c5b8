/* Where Redis is: the URL forms of docs/urls.md, parsed. Knows no sockets. */
#ifndef REDIS_URL_H
#define REDIS_URL_H

#include "base/strbuf.h"
#include <cwork/error.h>
#include <stdint.h>

enum redis_url_kind { REDIS_URL_TCP, REDIS_URL_UNIX, REDIS_URL_EMBEDDED };

struct redis_url {
	enum redis_url_kind kind;
	char *host;	/* TCP: name or address, without brackets */
	uint16_t port;	/* TCP */
	char *path;	/* UNIX: the socket; EMBEDDED: the directory, NULL for the default one */
	char *user;	/* or NULL */
	char *password; /* or NULL */
	int64_t db;
};

/*
 * Parse TEXT: redis://[user:pass@]host[:port][/db], unix:///path?db=0,
 * embedded:[DIR], host:port, :port, host. Credentials are percent-decoded.
 * Fails with CWORK_E_INVALID; the text never holds a password. Forms that are
 * not supported yet (rediss, redis+sentinel, redis+cluster) say so.
 */
int redis_url_parse(struct redis_url **out, const char *text, cwork_error *err);
struct redis_url *redis_url_free(struct redis_url *url);
/* Write it for people: without credentials. */
void redis_url_describe(struct strbuf *out, const struct redis_url *url);

static inline void redis_url_freep(struct redis_url **url)
{
	redis_url_free(*url);
}

#endif
