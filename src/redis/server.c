/*
 * The shared half of the connections to one Redis: where it is, and the lease
 * on the private server behind an embedded: URL.
 */
#include "redis/server.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "redis/embedded.h"
#include "redis/url.h"
#include <stdatomic.h>
#include <string.h>

struct redis_server {
	atomic_int refs;
	struct redis_url *url;
	struct redis_url *socket;  /* embedded: where the private server listens */
	struct embedded *embedded; /* or NULL */
	char *text;
};

static struct redis_server *server_free(struct redis_server *s)
{
	if (!s)
		return NULL;
	embedded_leave(s->embedded);
	redis_url_free(s->socket);
	redis_url_free(s->url);
	free(s->text);
	free(s);
	return NULL;
}

static void server_freep(struct redis_server **s)
{
	server_free(*s);
}

static int keep_text(struct redis_server *s, cwork_error *err)
{
	own_by(strbuf_freep) struct strbuf text = {0};

	redis_url_describe(&text, s->url);
	if (text.failed)
		return error_nomem(err);
	s->text = take(text.ptr);
	return 0;
}

static int join_embedded(struct redis_server *s, cwork_error *err)
{
	int r;

	if (s->url->kind != REDIS_URL_EMBEDDED)
		return 0;
	s->socket = calloc(1, sizeof(*s->socket));
	if (!s->socket)
		return error_nomem(err);
	r = embedded_join(&s->embedded, s->url->path, err);
	if (r < 0)
		return r;
	s->socket->kind = REDIS_URL_UNIX;
	s->socket->path = strdup(embedded_socket(s->embedded));
	return s->socket->path ? 0 : error_nomem(err);
}

int redis_server_open(struct redis_server **out, const char *url, cwork_error *err)
{
	own_by(server_freep) struct redis_server *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return error_nomem(err);
	atomic_init(&s->refs, 1);
	r = redis_url_parse(&s->url, url ? url : "redis://127.0.0.1:6379", err);
	if (r == 0)
		r = keep_text(s, err);
	if (r == 0)
		r = join_embedded(s, err);
	if (r < 0)
		return r;
	*out = take(s);
	return 0;
}

struct redis_server *redis_server_ref(struct redis_server *s)
{
	atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

struct redis_server *redis_server_unref(struct redis_server *s)
{
	if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1)
		server_free(s);
	return NULL;
}

const char *redis_server_text(const struct redis_server *s)
{
	return s->text;
}

const struct redis_url *redis_server_address(const struct redis_server *s)
{
	return s->socket ? s->socket : s->url;
}

void redis_server_revive(struct redis_server *s)
{
	if (s->embedded)
		embedded_revive(s->embedded);
}
