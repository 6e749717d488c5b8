/*
 * Parsing and writing the URL forms. No error text repeats any part of the
 * URL: a slash or an at sign left unescaped in a password moves pieces of it
 * into what looks like the host, the port or the database.
 */
#include "redis/url.h"
#include "base/error.h"
#include "base/parse.h"
#include <limits.h>
#include <string.h>
#include <strings.h>

enum { URL_MAX = 4096, PORT_DEFAULT = 6379 };

static int invalid(cwork_error *err, const char *why)
{
	return error_set(err, CWORK_E_INVALID, "%s", why);
}

static struct slice slice_to(struct slice s, const char *end)
{
	return slice_n(s.ptr, (size_t)(end - s.ptr));
}

/* What is behind AT, which points into S. */
static struct slice slice_behind(struct slice s, const char *at)
{
	return slice_n(at + 1, (size_t)(s.ptr + s.len - at - 1));
}

static const char *find_char(struct slice s, char c)
{
	return s.len ? memchr(s.ptr, c, s.len) : NULL;
}

static int keep(char **out, struct slice s, cwork_error *err)
{
	*out = strndup(s.len ? s.ptr : "", s.len);
	return *out ? 0 : error_nomem(err);
}

/* Percent-decode S into *OUT. WHAT names it for the error. */
static int keep_decoded(char **out, struct slice s, const char *what, cwork_error *err)
{
	own char *text = malloc(s.len + 1);
	size_t len = 0;

	if (!text)
		return error_nomem(err);
	if (!parse_percent(s, text, &len))
		return error_set(err, CWORK_E_INVALID, "a bad percent escape in the %s", what);
	text[len] = '\0';
	if (strlen(text) != len)
		return error_set(err, CWORK_E_INVALID, "a NUL byte in the %s", what);
	*out = take(text);
	return 0;
}

/* user:password, :password. A lone word could be either, so it is neither. */
static int parse_credentials(struct redis_url *url, struct slice s, cwork_error *err)
{
	const char *colon = find_char(s, ':');
	int r;

	if (!colon)
		return invalid(err,
			       "credentials without a colon; write user:password@ or :password@");
	if (s.len == 1)
		return 0;
	if (colon > s.ptr) {
		r = keep_decoded(&url->user, slice_to(s, colon), "user name", err);
		if (r < 0)
			return r;
	}
	return keep_decoded(&url->password, slice_behind(s, colon), "password", err);
}

/* Split USERINFO@ off the front of *AUTHORITY, when there is one. */
static int take_credentials(struct redis_url *url, struct slice *authority, cwork_error *err)
{
	const char *at = authority->len ? memrchr(authority->ptr, '@', authority->len) : NULL;
	int r;

	if (!at)
		return 0;
	r = parse_credentials(url, slice_to(*authority, at), err);
	*authority = slice_behind(*authority, at);
	return r;
}

static int parse_port(struct redis_url *url, struct slice s, cwork_error *err)
{
	uint64_t port;

	if (!parse_uint64(s, &port) || port == 0 || port > UINT16_MAX)
		return invalid(err, "the port of the URL is not a number from 1 to 65535");
	url->port = (uint16_t)port;
	return 0;
}

static int parse_db(struct redis_url *url, struct slice s, cwork_error *err)
{
	int64_t db;

	if (!parse_int64(s, &db) || db < 0 || db > INT_MAX)
		return invalid(err, "the database of the URL is not a number from 0 up");
	url->db = db;
	return 0;
}

static bool host_char(char c, bool in_brackets)
{
	if (strchr(" \"#/<>?@[\\]^`{|}", c))
		return false;
	return in_brackets || (c != ':' && c != '%');
}

static int parse_host(struct redis_url *url, struct slice s, bool in_brackets, cwork_error *err)
{
	if (s.len == 0)
		return invalid(err, "no host in the URL");
	for (size_t i = 0; i < s.len; i++)
		if (!host_char(s.ptr[i], in_brackets))
			return invalid(err, "the host of the URL holds a character no host has");
	return keep(&url->host, s, err);
}

/* [v6address] or [v6address]:port */
static int parse_bracketed(struct redis_url *url, struct slice s, cwork_error *err)
{
	const char *end = find_char(s, ']');
	struct slice rest;
	int r;

	if (!end)
		return invalid(err, "no closing bracket behind the address in the URL");
	rest = slice_behind(s, end);
	if (rest.len && rest.ptr[0] != ':')
		return invalid(err, "something other than a port behind the bracket in the URL");
	r = parse_host(url, slice_n(s.ptr + 1, (size_t)(end - s.ptr) - 1), true, err);
	if (r < 0 || rest.len == 0)
		return r;
	return parse_port(url, slice_n(rest.ptr + 1, rest.len - 1), err);
}

static int parse_host_port(struct redis_url *url, struct slice s, cwork_error *err)
{
	const char *colon;
	int r;

	url->port = PORT_DEFAULT;
	if (s.len && s.ptr[0] == '[')
		return parse_bracketed(url, s, err);
	colon = find_char(s, ':');
	if (!colon)
		return parse_host(url, s, false, err);
	if (find_char(slice_behind(s, colon), ':'))
		return invalid(err,
			       "more than one colon in the host (IPv6 addresses need brackets)");
	r = parse_host(url, slice_to(s, colon), false, err);
	if (r < 0)
		return r;
	return parse_port(url, slice_behind(s, colon), err);
}

/* Split ?db=N off the end of *REST. *DB is empty without one. */
static int take_query(struct slice *rest, struct slice *db, cwork_error *err)
{
	const char *mark = find_char(*rest, '?');
	struct slice query;

	*db = (struct slice){0};
	if (!mark)
		return 0;
	query = slice_behind(*rest, mark);
	if (!slice_begins(query, SLICE("db=")) || find_char(query, '&'))
		return invalid(err, "the URL has a parameter other than db");
	*db = slice_n(query.ptr + 3, query.len - 3);
	*rest = slice_to(*rest, mark);
	return db->len ? 0 : invalid(err, "no database behind db= in the URL");
}

static int parse_tcp(struct redis_url *url, struct slice rest, cwork_error *err)
{
	struct slice authority, db, path = {0};
	const char *slash;
	int r;

	r = take_query(&rest, &db, err);
	if (r < 0)
		return r;
	slash = find_char(rest, '/');
	authority = slash ? slice_to(rest, slash) : rest;
	if (slash)
		path = slice_behind(rest, slash);
	if (db.len && path.len)
		return invalid(err, "the URL names the database twice");
	r = take_credentials(url, &authority, err);
	if (r == 0)
		r = parse_host_port(url, authority, err);
	if (r < 0 || (db.len == 0 && path.len == 0))
		return r;
	return parse_db(url, path.len ? path : db, err);
}

static int parse_unix(struct redis_url *url, struct slice rest, cwork_error *err)
{
	struct slice authority, db;
	const char *slash;
	int r;

	url->kind = REDIS_URL_UNIX;
	r = take_query(&rest, &db, err);
	if (r < 0)
		return r;
	slash = find_char(rest, '/');
	if (!slash)
		return invalid(err, "no absolute path in the URL (write unix:///path)");
	authority = slice_to(rest, slash);
	r = take_credentials(url, &authority, err);
	if (r < 0)
		return r;
	if (authority.len)
		return invalid(err, "a unix: URL has no host (write unix:///path)");
	r = keep_decoded(&url->path, slice_n(slash, (size_t)(rest.ptr + rest.len - slash)), "path",
			 err);
	if (r < 0 || db.len == 0)
		return r;
	return parse_db(url, db, err);
}

static int parse_embedded(struct redis_url *url, struct slice dir, cwork_error *err)
{
	url->kind = REDIS_URL_EMBEDDED;
	return dir.len ? keep(&url->path, dir, err) : 0;
}

/* host, host:port, :port: as the Go programs take it. */
static int parse_bare(struct redis_url *url, struct slice text, cwork_error *err)
{
	int r;

	if (find_char(text, '@'))
		return invalid(err,
			       "credentials without a scheme; write redis://user:password@host");
	if (text.ptr[0] == '/' || text.ptr[0] == '.')
		return invalid(err, "a path without a scheme; write unix:///path");
	if (text.ptr[0] != ':' || slice_begins(text, SLICE("::")))
		return parse_host_port(url, text, err);
	r = keep(&url->host, SLICE("127.0.0.1"), err);
	if (r < 0)
		return r;
	return parse_port(url, slice_n(text.ptr + 1, text.len - 1), err);
}

static int not_yet(struct redis_url *url, struct slice rest, cwork_error *err)
{
	(void)url;
	(void)rest;
	return invalid(err, "this kind of URL (rediss:, redis+sentinel:, redis+cluster:) is not "
			    "supported yet");
}

static const struct scheme {
	struct slice prefix;
	int (*parse)(struct redis_url *url, struct slice rest, cwork_error *err);
} schemes[] = {
	{{"redis://", 8}, parse_tcp},	      {{"unix://", 7}, parse_unix},
	{{"embedded:", 9}, parse_embedded},   {{"rediss://", 9}, not_yet},
	{{"redis+sentinel://", 17}, not_yet}, {{"redis+cluster://", 16}, not_yet},
};

static int parse_any(struct redis_url *url, struct slice text, cwork_error *err)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = schemes[i].prefix.len;

		if (text.len >= n && strncasecmp(text.ptr, schemes[i].prefix.ptr, n) == 0)
			return schemes[i].parse(url, slice_n(text.ptr + n, text.len - n), err);
	}
	if (memmem(text.ptr, text.len, "://", 3))
		return invalid(err, "not a kind of URL that is known here");
	return parse_bare(url, text, err);
}

static int check_text(struct slice text, cwork_error *err)
{
	if (text.len == 0)
		return invalid(err, "no URL given");
	if (text.len > URL_MAX)
		return invalid(err, "the URL is longer than 4096 bytes");
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return invalid(err, "a control character in the URL");
	return 0;
}

int redis_url_parse(struct redis_url **out, const char *text, cwork_error *err)
{
	own_by(redis_url_freep) struct redis_url *url = NULL;
	struct slice s = slice_of(text);
	int r = check_text(s, err);

	if (r < 0)
		return r;
	url = calloc(1, sizeof(*url));
	if (!url)
		return error_nomem(err);
	r = parse_any(url, s, err);
	if (r < 0)
		return r;
	*out = take(url);
	return 0;
}

struct redis_url *redis_url_free(struct redis_url *url)
{
	if (!url)
		return NULL;
	if (url->password)
		explicit_bzero(url->password, strlen(url->password));
	free(url->host);
	free(url->path);
	free(url->user);
	free(url->password);
	free(url);
	return NULL;
}

/* A path as parse_unix() reads it. */
static void append_encoded(struct strbuf *out, const char *path)
{
	for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
		if (*p < 0x20 || *p == 0x7f || *p == '%' || *p == '?')
			strbuf_printf(out, "%%%02X", *p);
		else
			strbuf_append_char(out, (char)*p);
	}
}

static void describe_tcp(struct strbuf *out, const struct redis_url *url)
{
	bool v6 = strchr(url->host, ':') || strchr(url->host, '%');

	strbuf_printf(out, v6 ? "redis://[%s]:%u" : "redis://%s:%u", url->host, url->port);
	if (url->db)
		strbuf_printf(out, "/%lld", (long long)url->db);
}

static void describe_unix(struct strbuf *out, const struct redis_url *url)
{
	strbuf_append_str(out, "unix://");
	append_encoded(out, url->path);
	if (url->db)
		strbuf_printf(out, "?db=%lld", (long long)url->db);
}

void redis_url_describe(struct strbuf *out, const struct redis_url *url)
{
	switch (url->kind) {
	case REDIS_URL_TCP:
		describe_tcp(out, url);
		break;
	case REDIS_URL_UNIX:
		describe_unix(out, url);
		break;
	case REDIS_URL_EMBEDDED:
		strbuf_printf(out, "embedded:%s", url->path ? url->path : "");
		break;
	}
}
