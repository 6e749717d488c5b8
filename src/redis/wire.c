/*
 * A large pipeline must be read while it is written: the server stops reading
 * when nobody takes its replies, and both would wait for ever. So each step
 * sends what the socket takes, waits for either direction, and receives what
 * came. A single command costs send, poll and recv.
 */
#include "redis/wire.h"
#include "base/clock.h"
#include "base/error.h"
#include "redis/net.h"
#include "redis/reply_error.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

int wire_open(struct wire *w, int fd, cwork_error *err)
{
	int r = reader_new(&w->reader, err);

	if (r < 0) {
		close(fd);
		return r;
	}
	w->fd = fd;
	w->deadline_ms = -1;
	return 0;
}

void wire_close(struct wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	w->reader = reader_free(w->reader);
}

static int broken(cwork_error *err, int errnum)
{
	char text[128];

	return error_set(err, CWORK_E_CONNECT, "the connection broke: %s",
			 strerror_r(errnum, text, sizeof(text)));
}

/* Send from the front of *OUT, as much as fits now. */
static int send_some(const struct wire *w, struct slice *out, cwork_error *err)
{
	ssize_t n;

	do
		n = send(w->fd, out->ptr, out->len, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : broken(err, errno);
	*out = slice_n(out->ptr + n, out->len - (size_t)n);
	return 0;
}

int wire_receive(struct wire *w, cwork_error *err)
{
	size_t len;
	char *space = reader_space(w->reader, &len);
	ssize_t n;

	do
		n = recv(w->fd, space, len, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : broken(err, errno);
	if (n == 0)
		return error_set(err, CWORK_E_CONNECT, "the server closed the connection");
	reader_received(w->reader, (size_t)n);
	return 1;
}

static int wait_for(const struct wire *w, short events, cwork_error *err)
{
	int64_t deadline = clock_mono_ms() + w->timeout_ms;
	int r;

	if (w->deadline_ms >= 0 && w->deadline_ms < deadline)
		deadline = w->deadline_ms;
	r = net_wait(w->fd, events, deadline);
	if (r < 0)
		return broken(err, errno);
	if (r == 0)
		return error_set(err, CWORK_E_CONNECT, "no answer in time");
	return 0;
}

/* Send, wait, receive: each call makes progress or fails. */
static int step(struct wire *w, struct slice *out, cwork_error *err)
{
	int r;

	if (out->len) {
		r = send_some(w, out, err);
		if (r < 0)
			return r;
	}
	r = wait_for(w, out->len ? POLLIN | POLLOUT : POLLIN, err);
	return r < 0 ? r : wire_receive(w, err);
}

static void note_error(struct round *round, const struct reply *reply)
{
	if (slice_begins(reply->str, SLICE("NOSCRIPT")))
		round->noscript = true;
	else if (reply_error_code(reply) == CWORK_E_READONLY)
		round->readonly = true;
}

/* Take the replies that have come, up to COUNT of them; *GOT is how many so far. */
static int take_replies(struct wire *w, struct round *round, size_t count, size_t *got,
			cwork_error *err)
{
	int r = 1;

	while (*got < count) {
		struct reply *reply = &round->replies[*got];

		if (*got < round->direct)
			r = reader_next(w->reader, round->arena, reply, err);
		else
			r = pushes_next_reply(round->pushes, w->reader, round->arena, reply, err);
		if (r <= 0)
			return r;
		if (reply->type == REPLY_ERROR)
			note_error(round, reply);
		++*got;
	}
	return 0;
}

/* A server that answers what it was not asked would shift all later answers. */
static int check_surplus(const struct wire *w, cwork_error *err)
{
	if (!reader_has_rest(w->reader))
		return 0;
	return error_set(err, CWORK_E_PROTOCOL, "more answers than questions");
}

static int converse(struct wire *w, struct slice *out, size_t count, struct round *round,
		    cwork_error *err)
{
	size_t got = 0;
	/* On a subscribed connection, messages that came earlier stand in front. */
	int r = round->direct ? check_surplus(w, err) : take_replies(w, round, count, &got, err);

	while (r >= 0 && (got < count || out->len)) {
		if (got == count)
			r = check_surplus(w, err);
		if (r >= 0)
			r = step(w, out, err);
		if (r >= 0)
			r = take_replies(w, round, count, &got, err);
	}
	return r;
}

int wire_round_trip(struct wire *w, const struct commands *c, struct round *round, cwork_error *err)
{
	struct slice out = strbuf_slice(&c->out);
	int r;

	round->replies = arena_alloc(round->arena, c->count * sizeof(*round->replies));
	if (!round->replies)
		return error_nomem(err);
	reader_begin(w->reader);
	r = converse(w, &out, c->count, round, err);
	if (r == CWORK_E_CONNECT && out.len < c->out.len)
		return error_prefix(err, CWORK_E_UNKNOWN, "sent, but not all was answered");
	return r < 0 ? r : 0;
}
