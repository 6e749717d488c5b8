/*
 * Any text as a URL. What must hold: an error text and a description never
 * depend on the credentials, and a description reads back as the same place.
 */
#include "base/strbuf.h"
#include "redis/url.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* The description of URL, with USER and PASSWORD in place of its own. */
static void describe_as(struct strbuf *out, const struct redis_url *url, char *user, char *password)
{
	struct redis_url other = *url;

	other.user = user;
	other.password = password;
	redis_url_describe(out, &other);
	require(!out->failed);
}

static void check_description(const struct redis_url *url)
{
	own_by(strbuf_freep) struct strbuf with = {0}, without = {0};
	own_by(redis_url_freep) struct redis_url *again = NULL;

	describe_as(&with, url, url->user, url->password);
	describe_as(&without, url, NULL, NULL);
	require(slice_equal(strbuf_slice(&with), strbuf_slice(&without)));
	/* Escapes may make the description of a path longer than a URL may be. */
	if (with.len > 4096)
		return;
	require(redis_url_parse(&again, with.ptr, NULL) == 0);
	require(again->kind == url->kind && again->port == url->port && again->db == url->db);
	require(same(again->host, url->host) && same(again->path, url->path));
	require(!again->user && !again->password);
}

static void check_parsed(const struct redis_url *url)
{
	require(url->db >= 0);
	require(url->kind != REDIS_URL_TCP || (url->host && url->host[0] && url->port));
	require(url->kind != REDIS_URL_UNIX || (url->path && url->path[0] == '/'));
	check_description(url);
}

/* A refusal is one of a few fixed sentences; none repeats the input. */
static void check_refused(const char *text, const cwork_error *err)
{
	require(err->code == CWORK_E_INVALID && err->text[0]);
	require(strlen(text) < 16 || !strstr(err->text, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_by(redis_url_freep) struct redis_url *url = NULL;
	own char *text = malloc(size + 1);
	cwork_error err = {0};

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (redis_url_parse(&url, text, &err) == 0)
		check_parsed(url);
	else
		check_refused(text, &err);
	return 0;
}
