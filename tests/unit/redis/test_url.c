/* The URL forms, and that no error text holds a secret. */
#include "harness/test.h"
#include "redis/url.h"

static struct redis_url *url;
static cwork_error err;

static int parse(const char *text)
{
	url = redis_url_free(url);
	memset(&err, 0, sizeof(err));
	return redis_url_parse(&url, text, &err);
}

/* TEXT as it is parsed and written again, or the error; lives until the next call. */
static const char *described(const char *text)
{
	static struct strbuf out;

	strbuf_clear(&out);
	if (parse(text) < 0)
		strbuf_append_str(&out, err.text);
	else
		redis_url_describe(&out, url);
	url = redis_url_free(url);
	return out.ptr;
}

TEST(hosts_and_ports_in_all_their_forms)
{
	CHECK_STR(described("redis://example.com"), "redis://example.com:6379");
	CHECK_STR(described("redis://example.com/"), "redis://example.com:6379");
	CHECK_STR(described("REDIS://example.com:7000/3"), "redis://example.com:7000/3");
	CHECK_STR(described("redis://example.com:7000?db=3"), "redis://example.com:7000/3");
	CHECK_STR(described("redis://[::1]"), "redis://[::1]:6379");
	CHECK_STR(described("redis://[fe80::1%eth0]:1/2"), "redis://[fe80::1%eth0]:1/2");
	CHECK_STR(described("example.com"), "redis://example.com:6379");
	CHECK_STR(described("example.com:65535"), "redis://example.com:65535");
	CHECK_STR(described("10.0.0.1:1"), "redis://10.0.0.1:1");
	CHECK_STR(described(":6380"), "redis://127.0.0.1:6380");
	CHECK_STR(described("[::1]:6380"), "redis://[::1]:6380");
}

TEST(sockets_and_their_databases)
{
	CHECK_STR(described("unix:///run/redis.sock"), "unix:///run/redis.sock");
	CHECK_STR(described("unix:///run/redis.sock?db=2"), "unix:///run/redis.sock?db=2");
	CHECK_STR(described("unix:///a%20b%3fc%25"), "unix:///a b%3Fc%25");
	CHECK_STR(described("unix:///a@b"), "unix:///a@b");
	CHECK_INT(parse("unix://u:p@/s"), 0);
	CHECK_STR(url->user, "u");
	CHECK_STR(url->password, "p");
	CHECK_STR(url->path, "/s");
}

TEST(embedded_takes_an_optional_directory)
{
	CHECK_STR(described("embedded:"), "embedded:");
	CHECK_STR(described("embedded:/var/lib/x y"), "embedded:/var/lib/x y");
	CHECK_INT(parse("embedded:"), 0);
	CHECK(url->path == NULL);
	CHECK_INT(parse("embedded:rel/dir"), 0);
	CHECK_STR(url->path, "rel/dir");
}

TEST(credentials_are_decoded_and_never_described)
{
	CHECK_INT(parse("redis://me:s%40cr%3Aet%2F@h"), 0);
	CHECK_STR(url->user, "me");
	CHECK_STR(url->password, "s@cr:et/");
	CHECK_STR(url->host, "h");
	CHECK_INT(parse("redis://:p@ss@h:1"), 0);
	CHECK(url->user == NULL);
	CHECK_STR(url->password, "p@ss");
	CHECK_INT(parse("redis://me:@h"), 0);
	CHECK_STR(url->password, "");
	CHECK_INT(parse("redis://:@h"), 0);
	CHECK(url->user == NULL && url->password == NULL);
	CHECK_STR(described("redis://me:secret@h"), "redis://h:6379");
	CHECK_STR(described("unix://me:secret@/s"), "unix:///s");
}

TEST(errors_name_the_thing)
{
	CHECK_STR(described(""), "no URL given");
	CHECK_STR(described("redis://"), "no host in the URL");
	CHECK_STR(described("redis://:6379"), "no host in the URL");
	CHECK_STR(described("redis:///1"), "no host in the URL");
	CHECK_STR(described("redis://[]"), "no host in the URL");
	CHECK_STR(described("redis://[::1"), "no closing bracket behind the address in the URL");
	CHECK_STR(described("redis://[::1]6379"),
		  "something other than a port behind the bracket in the URL");
	CHECK_STR(described("redis://h:0"), "the port of the URL is not a number from 1 to 65535");
	CHECK_STR(described("h:65536"), "the port of the URL is not a number from 1 to 65535");
	CHECK_STR(described("h:"), "the port of the URL is not a number from 1 to 65535");
	CHECK_STR(described("redis://h/x"), "the database of the URL is not a number from 0 up");
	CHECK_STR(described("redis://h/-1"), "the database of the URL is not a number from 0 up");
	CHECK_STR(described("redis://h/1?db=1"), "the URL names the database twice");
	CHECK_STR(described("redis://h?ssl=1"), "the URL has a parameter other than db");
	CHECK_STR(described("redis://h?db="), "no database behind db= in the URL");
	CHECK_STR(described("::1"),
		  "more than one colon in the host (IPv6 addresses need brackets)");
	CHECK_STR(described("a b"), "the host of the URL holds a character no host has");
	CHECK_STR(described("unix://path"), "no absolute path in the URL (write unix:///path)");
	CHECK_STR(described("unix://host/path"), "a unix: URL has no host (write unix:///path)");
	CHECK_STR(described("unix:///a%00b"), "a NUL byte in the path");
	CHECK_STR(described("/run/redis.sock"), "a path without a scheme; write unix:///path");
	CHECK_STR(described("http://h"), "not a kind of URL that is known here");
	CHECK_STR(described("redis://h\n"), "a control character in the URL");
}

TEST(forms_that_are_to_come_say_so)
{
	static const char *const forms[] = {"rediss://h", "redis+sentinel://h1,h2/m/0",
					    "redis+cluster://h1,h2"};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		CHECK_INT(parse(forms[i]), CWORK_E_INVALID);
		CHECK(strstr(err.text, "is not supported yet"));
	}
}

TEST(no_error_repeats_a_part_of_the_password)
{
	static const char *const broken[] = {
		"redis://u:hunter/2@host",  "redis://u:hunter?2@host",
		"redis://u:hunter%zz@host", "redis://hunter2@host",
		"u:hunter2@host:1",	    "redis://u:hunter2@host:port",
		"redis://u:hunter2@host/x", "redis://u:hunter2@",
		"redis://u:hunter2@h h",    "unix://u:hunter2@x/y",
		"redis://hunter:2:3",	    "redis://h?password=hunter2",
		"rediss://u:hunter2@h",	    "redis://u:hunter%00@h",
		"redis://u:hunter2@[::1",   "hunter2://u:p@h",
		"redis://h/hunter2",
	};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		CHECK_MSG(parse(broken[i]) == CWORK_E_INVALID, "%s was taken", broken[i]);
		CHECK_MSG(!strstr(err.text, "hunter"), "%s: %s", broken[i], err.text);
	}
}

TEST(a_long_url_is_refused)
{
	static char text[5000];

	memset(text, 'a', sizeof(text) - 1);
	CHECK_INT(parse(text), CWORK_E_INVALID);
	text[4096] = '\0';
	CHECK_INT(parse(text), 0);
	url = redis_url_free(url);
}
