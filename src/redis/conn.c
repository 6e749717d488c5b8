/*
 * The connection that comes back. Three rules it keeps:
 *
 * - Before anything was sent, it may reconnect out of sight: a server that was
 *   restarted while the connection was idle costs nobody an error.
 * - Once something was sent, it never does: whether a command was executed is
 *   then the caller's question (CWORK_E_UNKNOWN).
 * - After any failure the connection is closed: answers that are still on their
 *   way can't be taken for those to later commands.
 */
#include "redis/conn.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "redis/commands.h"
#include "redis/handshake.h"
#include "redis/net.h"
#include "redis/pushes.h"
#include "redis/wire.h"
#include <stdarg.h>
#include <string.h>

enum {
	TIMEOUT_DEFAULT_MS = 5000,
	BACKOFF_MIN_MS = 50,
	BACKOFF_MAX_MS = 2000,
};

struct redis {
	struct redis_server *server;
	int connect_timeout_ms;
	char *name;
	struct wire wire;
	struct commands commands; /* waiting for the next exchange */
	struct pushes pushes;
	bool subscribed; /* messages may come */
	uint64_t generation;
	int version;
	/* the back-off */
	struct random random;
	int backoff_ms;	   /* of the next failure */
	int64_t retry_at;  /* clock_mono_ms() */
	cwork_error cause; /* of the last failed attempt; code 0: it did not fail */
};

static int or_default(int timeout_ms)
{
	return timeout_ms > 0 ? timeout_ms : TIMEOUT_DEFAULT_MS;
}

int redis_new(struct redis **out, struct redis_server *server, const struct redis_options *options,
	      cwork_error *err)
{
	static const struct redis_options defaults = {0};
	own_by(redis_freep) struct redis *r = calloc(1, sizeof(*r));

	if (!r)
		return error_nomem(err);
	if (!options)
		options = &defaults;
	r->wire.fd = -1;
	r->wire.timeout_ms = or_default(options->command_timeout_ms);
	r->connect_timeout_ms = or_default(options->connect_timeout_ms);
	r->backoff_ms = BACKOFF_MIN_MS;
	random_seed(&r->random);
	if (options->name) {
		r->name = strdup(options->name);
		if (!r->name)
			return error_nomem(err);
	}
	r->server = redis_server_ref(server);
	*out = take(r);
	return 0;
}

struct redis *redis_free(struct redis *r)
{
	if (!r)
		return NULL;
	wire_close(&r->wire);
	commands_free(&r->commands);
	pushes_free(&r->pushes);
	redis_server_unref(r->server);
	free(r->name);
	free(r);
	return NULL;
}

bool redis_is_connected(const struct redis *r)
{
	return r->wire.fd >= 0;
}

uint64_t redis_generation(const struct redis *r)
{
	return r->generation;
}

int redis_fd(const struct redis *r)
{
	return r->wire.fd;
}

int redis_server_version(const struct redis *r)
{
	return r->version;
}

void redis_close(struct redis *r)
{
	wire_close(&r->wire);
	pushes_clear(&r->pushes);
	r->subscribed = false;
}

int redis_retry_in_ms(const struct redis *r)
{
	int64_t left = r->cause.code ? r->retry_at - clock_mono_ms() : 0;

	return left > 0 ? (int)left : 0;
}

/* The next attempt comes after half to the whole of a delay that doubles. */
static int note_failure(struct redis *r, const cwork_error *cause)
{
	int half = r->backoff_ms / 2;

	r->cause = *cause;
	r->retry_at =
		clock_mono_ms() + half + (int64_t)random_below(&r->random, (uint64_t)half + 1);
	r->backoff_ms = r->backoff_ms * 2 < BACKOFF_MAX_MS ? r->backoff_ms * 2 : BACKOFF_MAX_MS;
	return cause->code;
}

static void note_success(struct redis *r)
{
	r->cause.code = 0;
	r->backoff_ms = BACKOFF_MIN_MS;
	r->generation++;
}

static int open_socket(struct redis *r, int64_t deadline_ms, cwork_error *err)
{
	const struct redis_url *url = redis_server_address(r->server);
	int fd;

	if (url->kind == REDIS_URL_TCP)
		fd = net_connect_tcp(url->host, url->port, deadline_ms, err);
	else
		fd = net_connect_unix(url->path, deadline_ms, err);
	if (fd == CWORK_E_CONNECT)
		redis_server_revive(r->server);
	return fd < 0 ? fd : wire_open(&r->wire, fd, err);
}

static int open_connection(struct redis *r, cwork_error *err)
{
	int64_t deadline_ms = clock_mono_ms() + r->connect_timeout_ms;
	int rc = open_socket(r, deadline_ms, err);

	if (rc < 0)
		return rc;
	r->wire.deadline_ms = deadline_ms;
	rc = handshake(&r->wire, redis_server_address(r->server), r->name, &r->version, err);
	r->wire.deadline_ms = -1;
	return rc;
}

int redis_connect(struct redis *r, cwork_error *err)
{
	cwork_error cause = {0};
	int rc;

	if (redis_is_connected(r))
		return 0;
	rc = open_connection(r, &cause);
	if (rc == 0) {
		note_success(r);
		return 0;
	}
	redis_close(r);
	error_prefix(&cause, rc, "can't use %s", redis_server_text(r->server));
	if (err)
		*err = cause;
	return note_failure(r, &cause);
}

static int connect_if_due(struct redis *r, cwork_error *err)
{
	if (redis_retry_in_ms(r) == 0)
		return redis_connect(r, err);
	if (err)
		*err = r->cause;
	return r->cause.code;
}

void redis_begin(struct redis *r, size_t argc)
{
	commands_begin(&r->commands, argc);
}

void redis_begin_script(struct redis *r, const struct script *script, size_t nkeys, size_t nargs)
{
	commands_begin_script(&r->commands, script, nkeys, nargs);
}

void redis_arg(struct redis *r, struct slice s)
{
	commands_arg(&r->commands, s);
}

void redis_arg_str(struct redis *r, const char *s)
{
	commands_arg(&r->commands, slice_of(s));
}

void redis_arg_int(struct redis *r, int64_t value)
{
	commands_arg_int(&r->commands, value);
}

void redis_command(struct redis *r, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	commands_vwords(&r->commands, name, args);
	va_end(args);
}

void redis_discard(struct redis *r)
{
	commands_clear(&r->commands);
}

size_t redis_pending(const struct redis *r)
{
	return r->commands.count;
}

size_t redis_pending_bytes(const struct redis *r)
{
	return r->commands.out.len;
}

/* The connection stands, and nothing on it waits that nobody asked for. */
static bool is_usable(const struct redis *r)
{
	if (!redis_is_connected(r))
		return false;
	if (!r->subscribed && reader_has_rest(r->wire.reader))
		return false;
	return !net_closed_or_talking(r->wire.fd, r->subscribed);
}

static int round_trip(struct redis *r, const struct commands *c, struct round *round,
		      cwork_error *err)
{
	int rc;

	round->pushes = &r->pushes;
	round->direct = c->direct ? c->direct : c->count;
	if (r->subscribed)
		round->direct = 0;
	rc = wire_round_trip(&r->wire, c, round, err);
	if (rc < 0) {
		error_prefix(err, rc, "%s", redis_server_text(r->server));
		redis_close(r);
	} else if (c->direct && round->replies[c->direct - 1].type != REPLY_ERROR) {
		r->subscribed = true;
	}
	return rc;
}

/*
 * Send on the connection that stands, or on a new one. A stale connection may
 * show only when sending fails; nothing was sent then, so a new one gets its turn.
 */
static int send_all(struct redis *r, struct round *round, cwork_error *err)
{
	bool standing = is_usable(r);
	int rc;

	if (!standing) {
		redis_close(r);
		rc = connect_if_due(r, err);
		if (rc < 0)
			return rc;
	}
	rc = round_trip(r, &r->commands, round, err);
	if (rc != CWORK_E_CONNECT || !standing)
		return rc;
	rc = connect_if_due(r, err);
	return rc < 0 ? rc : round_trip(r, &r->commands, round, err);
}

static bool misses_script(const struct reply *reply)
{
	return reply->type == REPLY_ERROR && slice_begins(reply->str, SLICE("NOSCRIPT"));
}

static const struct script_call *next_missing(const struct commands *c, const struct round *round,
					      size_t *at)
{
	while (*at < c->call_count) {
		const struct script_call *call = &c->calls[(*at)++];

		if (misses_script(&round->replies[call->index]))
			return call;
	}
	return NULL;
}

/* Send the calls of scripts that the server does not know once more, with their sources. */
static int send_sources(struct redis *r, struct round *round, cwork_error *err)
{
	own_by(commands_freep) struct commands again = {0};
	struct round second = {.arena = round->arena};
	const struct script_call *call;
	size_t at = 0, i = 0;
	int rc;

	while ((call = next_missing(&r->commands, round, &at)))
		commands_add_source(&again, &r->commands, call);
	if (again.count == 0)
		return 0;
	rc = commands_check(&again, err);
	if (rc == 0)
		rc = round_trip(r, &again, &second, err);
	if (rc == CWORK_E_CONNECT) /* but the first round was sent */
		return error_prefix(err, CWORK_E_UNKNOWN, "sending a script");
	if (rc != 0)
		return rc;
	for (at = 0; (call = next_missing(&r->commands, round, &at)); i++)
		round->replies[call->index] = second.replies[i];
	round->readonly |= second.readonly;
	return 0;
}

static int exchange(struct redis *r, struct arena *a, struct reply **replies, cwork_error *err)
{
	struct round round = {.arena = a};
	int rc = commands_check(&r->commands, err);

	if (rc == 0 && r->commands.count)
		rc = send_all(r, &round, err);
	if (rc == 0 && round.noscript)
		rc = send_sources(r, &round, err);
	if (rc < 0)
		return rc;
	if (round.readonly)
		redis_close(r);
	*replies = round.replies;
	return 0;
}

int redis_exchange(struct redis *r, struct arena *a, struct reply **replies, cwork_error *err)
{
	int rc = exchange(r, a, replies, err);

	commands_clear(&r->commands);
	return rc;
}

static int next_push(struct redis *r, struct arena *a, struct reply *out, cwork_error *err)
{
	int rc;

	reader_begin(r->wire.reader);
	while ((rc = pushes_next(&r->pushes, r->wire.reader, a, out, err)) == 0) {
		rc = wire_receive(&r->wire, err);
		if (rc <= 0)
			break;
	}
	return rc;
}

int redis_read_push(struct redis *r, struct arena *a, struct reply **out, cwork_error *err)
{
	struct reply *push;
	int rc;

	if (!redis_is_connected(r))
		return error_set(err, CWORK_E_CONNECT, "not connected");
	push = arena_new(a, struct reply);
	rc = push ? next_push(r, a, push, err) : error_nomem(err);
	if (rc < 0)
		redis_close(r);
	if (rc == 1)
		*out = push;
	return rc;
}
