/*
 * Connecting and waiting, always with a deadline: sockets are non-blocking from
 * birth, and the only place that sleeps is poll.
 */
#include "redis/net.h"
#include "base/clock.h"
#include "base/error.h"
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int refuse(cwork_error *err, int errnum)
{
	char text[128];

	return error_set(err, CWORK_E_CONNECT, "%s", strerror_r(errnum, text, sizeof(text)));
}

int net_wait(int fd, short events, int64_t deadline_ms)
{
	struct pollfd p = {.fd = fd, .events = events};

	for (;;) {
		int64_t left = deadline_ms - clock_mono_ms();
		int r = poll(&p, 1, left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);

		if (r >= 0 || errno != EINTR)
			return r;
	}
}

/* The outcome of a connect in progress: 0, or an errno. */
static int await_connect(int fd, int64_t deadline_ms)
{
	int errnum = 0, r = net_wait(fd, POLLOUT, deadline_ms);
	socklen_t len = sizeof(errnum);

	if (r == 0)
		return ETIMEDOUT;
	if (r < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &len) < 0)
		return errno;
	return errnum;
}

/* A full backlog makes a unix socket's connect fail at once with EAGAIN: try again, briefly. */
static int connect_errno(int fd, const struct sockaddr *address, socklen_t len, int64_t deadline_ms)
{
	static const struct timespec pause = {.tv_nsec = 1000000};

	while (connect(fd, address, len) < 0) {
		if (errno == EINPROGRESS || errno == EINTR)
			return await_connect(fd, deadline_ms);
		if (errno != EAGAIN)
			return errno;
		if (clock_mono_ms() >= deadline_ms)
			return ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* A connected socket, or minus an errno. */
static int open_socket(const struct sockaddr *address, socklen_t len, int64_t deadline_ms)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int errnum;

	if (fd < 0)
		return -errno;
	errnum = connect_errno(fd, address, len, deadline_ms);
	if (errnum == 0)
		return fd;
	close(fd);
	return -errnum;
}

/*
 * No delay, since requests are whole when they are sent. A peer that vanished
 * is noticed after 10 s of silence, also while only listening.
 */
static void tune_tcp(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},	{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 4}, {IPPROTO_TCP, TCP_KEEPINTVL, 2},
		{IPPROTO_TCP, TCP_KEEPCNT, 3},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int));
}

/* Try each address, none longer than its share of the time, so that a dead first one can't eat all
 * of it. */
static int connect_any(const struct addrinfo *list, int64_t deadline_ms)
{
	int fd = -EADDRNOTAVAIL, count = 0;

	for (const struct addrinfo *a = list; a; a = a->ai_next)
		count++;
	for (const struct addrinfo *a = list; a; a = a->ai_next) {
		int64_t now = clock_mono_ms();

		fd = open_socket(a->ai_addr, a->ai_addrlen, now + (deadline_ms - now) / count--);
		if (fd >= 0)
			break;
	}
	return fd;
}

int net_connect_tcp(const char *host, uint16_t port, int64_t deadline_ms, cwork_error *err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *list = NULL;
	char service[8];
	int fd, r;

	snprintf(service, sizeof(service), "%u", port);
	r = getaddrinfo(host, service, &hints, &list);
	if (r == EAI_SYSTEM)
		return refuse(err, errno);
	if (r == EAI_MEMORY)
		return error_nomem(err);
	if (r != 0)
		return error_set(err, CWORK_E_CONNECT, "%s", gai_strerror(r));
	fd = connect_any(list, deadline_ms);
	freeaddrinfo(list);
	if (fd < 0)
		return refuse(err, -fd);
	tune_tcp(fd);
	return fd;
}

int net_connect_unix(const char *path, int64_t deadline_ms, cwork_error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	int fd;

	if (len >= sizeof(address.sun_path))
		return error_set(err, CWORK_E_INVALID,
				 "the path of the socket is longer than %zu bytes",
				 sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, len + 1);
	fd = open_socket((const struct sockaddr *)&address, sizeof(address), deadline_ms);
	return fd < 0 ? refuse(err, -fd) : fd;
}

bool net_closed_or_talking(int fd, bool talking_is_fine)
{
	char c;
	ssize_t n = recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n < 0)
		return errno != EAGAIN && errno != EINTR;
	return n == 0 || !talking_is_fine;
}
