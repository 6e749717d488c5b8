/*
 * beanstalkd worked by a small client of our own: a connection for each worker,
 * one job reserved and deleted at a time, which is how its clients are used.
 *
 *	beanstalkd_peer SOCKET JOBS CONCURRENCY
 *
 * Puts JOBS, works them off, and prints jobs a second and the µs of CPU a job
 * took here and in beanstalkd.
 */
#include "../measure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_WORKERS 200
#define CHUNK 1000

/* One stream each way: stdio may not turn a socket around. */
struct connection {
	FILE *in, *out;
};

static const char *path;
static atomic_long done;

static void open_connection(struct connection *c)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die("can't connect to %s", path);
	c->in = fdopen(fd, "r");
	c->out = fdopen(dup(fd), "w");
	if (!c->in || !c->out)
		die("out of memory");
}

static void close_connection(struct connection *c)
{
	fclose(c->in);
	fclose(c->out);
}

/* Read a line that must begin with WANTED; return what stands behind it, until the next call. */
static const char *expect(struct connection *c, char line[256], const char *wanted)
{
	if (!fgets(line, 256, c->in))
		die("beanstalkd closed the connection");
	if (strncmp(line, wanted, strlen(wanted)) != 0)
		die("beanstalkd says %s", line);
	return line + strlen(wanted);
}

static void put_all(struct connection *c, long jobs)
{
	char line[256], body[128];

	for (long i = 0; i < jobs; i++) {
		int len = snprintf(body, sizeof(body),
				   "{\"name\":\"foo\",\"id\":\"%024lx\",\"t\":1425263409,"
				   "\"args\":{\"n\":%ld}}",
				   i, i % 1000);

		fprintf(c->out, "put 0 0 60 %d\r\n%s\r\n", len, body);
		if ((i + 1) % CHUNK && i + 1 < jobs)
			continue;
		fflush(c->out);
		for (long k = i / CHUNK * CHUNK; k <= i; k++)
			expect(c, line, "INSERTED ");
	}
}

static void skip_body(struct connection *c, size_t len)
{
	char body[256];

	if (len + 2 > sizeof(body) || fread(body, len + 2, 1, c->in) != 1)
		die("beanstalkd sent a broken job");
}

/* Returns the job's id, or 0 when none is ready. */
static unsigned long reserve(struct connection *c)
{
	unsigned long id, len;
	char line[256];

	fputs("reserve-with-timeout 0\r\n", c->out);
	fflush(c->out);
	if (!fgets(line, sizeof(line), c->in))
		die("beanstalkd closed the connection");
	if (strncmp(line, "TIMED_OUT", 9) == 0)
		return 0;
	if (sscanf(line, "RESERVED %lu %lu", &id, &len) != 2)
		die("beanstalkd says %s", line);
	skip_body(c, len);
	return id;
}

static void *work(void *arg)
{
	struct connection c;
	unsigned long id;
	char line[256];

	(void)arg;
	open_connection(&c);
	while ((id = reserve(&c)) != 0) {
		fprintf(c.out, "delete %lu\r\n", id);
		fflush(c.out);
		expect(&c, line, "DELETED");
		atomic_fetch_add(&done, 1);
	}
	close_connection(&c);
	return NULL;
}

/* CPU seconds of the server, user and system, out of its statistics. */
static double server_cpu_s(struct connection *c)
{
	char text[8192], line[256];
	const char *user, *system;
	size_t len;

	fputs("stats\r\n", c->out);
	fflush(c->out);
	len = strtoul(expect(c, line, "OK "), NULL, 10);
	if (len + 2 >= sizeof(text) || fread(text, len + 2, 1, c->in) != 1)
		die("beanstalkd sent broken statistics");
	text[len] = '\0';
	user = strstr(text, "rusage-utime: ");
	system = strstr(text, "rusage-stime: ");
	if (!user || !system)
		die("beanstalkd does not tell its CPU time");
	return strtod(user + 14, NULL) + strtod(system + 14, NULL);
}

static void run(long concurrency)
{
	pthread_t threads[MAX_WORKERS];

	for (long i = 0; i < concurrency; i++)
		if (pthread_create(&threads[i], NULL, work, NULL) != 0)
			die("can't start a thread");
	for (long i = 0; i < concurrency; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	struct reading before, after;
	struct connection c;
	long jobs, concurrency;

	if (argc != 4)
		die("usage: beanstalkd_peer SOCKET JOBS CONCURRENCY");
	path = argv[1];
	jobs = number_from(argv[2], "jobs", 1, 10000000);
	concurrency = number_from(argv[3], "concurrency", 1, MAX_WORKERS);
	open_connection(&c);
	put_all(&c, jobs);
	before = reading_take(NULL);
	before.server_s = server_cpu_s(&c);
	run(concurrency);
	after = reading_take(NULL);
	after.server_s = server_cpu_s(&c);
	if (atomic_load(&done) != jobs)
		die("%ld jobs were put, but %ld ran", jobs, atomic_load(&done));
	reading_print(&before, &after, jobs);
	close_connection(&c);
	return 0;
}
