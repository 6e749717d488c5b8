/* A proxy that loses answers: one thread, one poll loop. */
#include "proxy.h"

#include "base/thread.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_PAIRS 32

struct pair {
	int client, server; /* descriptors; -1: free */
	bool lose;	    /* the next bytes from the server are dropped, and the pair closed */
};

struct proxy {
	pthread_t thread;
	int listener, stop;
	char server_path[108];
	struct pair pairs[MAX_PAIRS];
	_Atomic(const char *) marker;
	atomic_int every, seen, lost;
};

static int make_socket(const char *path, struct sockaddr_un *addr)
{
	*addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(addr->sun_path, sizeof(addr->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void close_pair(struct pair *p)
{
	close(p->client);
	close(p->server);
	p->client = p->server = -1;
}

static void accept_client(struct proxy *p)
{
	struct sockaddr_un addr;
	int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC), server, i = 0;

	while (i < MAX_PAIRS && p->pairs[i].client >= 0)
		i++;
	server = make_socket(p->server_path, &addr);
	if (client < 0 || i == MAX_PAIRS ||
	    connect(server, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		close(client);
		close(server);
		return;
	}
	p->pairs[i] = (struct pair){client, server, false};
}

static bool send_all(int fd, const char *bytes, ssize_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, (size_t)len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		len -= n;
	}
	return true;
}

static void from_client(struct proxy *p, struct pair *pair)
{
	char bytes[65536];
	ssize_t n = recv(pair->client, bytes, sizeof(bytes), 0);
	const char *marker = atomic_load(&p->marker);

	if (n > 0 && marker && memmem(bytes, (size_t)n, marker, strlen(marker)) &&
	    atomic_fetch_add(&p->seen, 1) % atomic_load(&p->every) == 0)
		pair->lose = true;
	if (n <= 0 || !send_all(pair->server, bytes, n))
		close_pair(pair);
}

static void from_server(struct proxy *p, struct pair *pair)
{
	char bytes[65536];
	ssize_t n = recv(pair->server, bytes, sizeof(bytes), 0);

	if (pair->lose)
		atomic_fetch_add(&p->lost, 1);
	if (n <= 0 || pair->lose || !send_all(pair->client, bytes, n))
		close_pair(pair);
}

static void serve_pairs(struct proxy *p, struct pollfd *fds)
{
	for (int i = 0; i < MAX_PAIRS; i++) {
		struct pair *pair = &p->pairs[i];

		if (pair->client >= 0 && fds[2 * i].revents)
			from_client(p, pair);
		if (pair->client >= 0 && fds[2 * i + 1].revents)
			from_server(p, pair);
	}
}

static void *proxy_main(void *arg)
{
	struct proxy *p = arg;
	struct pollfd fds[2 * MAX_PAIRS + 2];

	for (;;) {
		for (int i = 0; i < MAX_PAIRS; i++) {
			fds[2 * i] = (struct pollfd){.fd = p->pairs[i].client, .events = POLLIN};
			fds[2 * i + 1] =
				(struct pollfd){.fd = p->pairs[i].server, .events = POLLIN};
		}
		fds[2 * MAX_PAIRS] = (struct pollfd){.fd = p->listener, .events = POLLIN};
		fds[2 * MAX_PAIRS + 1] = (struct pollfd){.fd = p->stop, .events = POLLIN};
		if (poll(fds, 2 * MAX_PAIRS + 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[2 * MAX_PAIRS + 1].revents)
			return NULL;
		serve_pairs(p, fds);
		if (fds[2 * MAX_PAIRS].revents)
			accept_client(p);
	}
}

struct proxy *proxy_start(const char *path, const char *server_path)
{
	struct proxy *p = calloc(1, sizeof(*p));
	struct sockaddr_un addr;

	if (!p)
		return NULL;
	for (int i = 0; i < MAX_PAIRS; i++)
		p->pairs[i].client = p->pairs[i].server = -1;
	snprintf(p->server_path, sizeof(p->server_path), "%s", server_path);
	atomic_store(&p->every, 1);
	p->stop = event_open(NULL);
	p->listener = make_socket(path, &addr);
	if (bind(p->listener, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(p->listener, 64) < 0 ||
	    thread_start(&p->thread, "proxy", proxy_main, p, NULL) < 0)
		abort();
	return p;
}

void proxy_stop(struct proxy *p)
{
	event_signal(p->stop);
	pthread_join(p->thread, NULL);
	for (int i = 0; i < MAX_PAIRS; i++)
		if (p->pairs[i].client >= 0)
			close_pair(&p->pairs[i]);
	close(p->listener);
	close(p->stop);
	free(p);
}

void proxy_lose(struct proxy *p, const char *marker, int every)
{
	atomic_store(&p->every, every);
	atomic_store(&p->seen, 0);
	atomic_store(&p->marker, marker);
}

int proxy_lost(struct proxy *p)
{
	return atomic_load(&p->lost);
}
