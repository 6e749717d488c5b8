/*
 * Whoever can write into the private server's directory owns its data and can
 * make it write elsewhere, so the directory must be ours alone, and is checked
 * by its descriptor, not by its name.
 */
#include "redis/private_dir.h"
#include "base/error.h"
#include "base/own.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int default_path(char **out, cwork_error *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	/* The XDG rules: a relative path is to be ignored. */
	if (state && state[0] == '/')
		n = asprintf(out, "%s/cwork/redis", state);
	else if (home && home[0] == '/')
		n = asprintf(out, "%s/.local/state/cwork/redis", home);
	else
		return error_set(err, CWORK_E_INVALID,
				 "no directory for the private server: HOME is not set");
	return n < 0 ? error_nomem(err) : 0;
}

static int choose_path(char **out, const char *dir, cwork_error *err)
{
	size_t len;

	if (!dir)
		return default_path(out, err);
	/* With a slash behind, a symbolic link would be followed in spite of O_NOFOLLOW. */
	len = strlen(dir);
	while (len > 1 && dir[len - 1] == '/')
		len--;
	*out = strndup(dir, len);
	return *out ? 0 : error_nomem(err);
}

/* Make PATH and what is missing above it. What is wrong shows when it is opened. */
static void make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	mkdir(path, 0700);
}

static int check_owner(int fd, struct stat *st, const char *path, cwork_error *err)
{
	if (fstat(fd, st) < 0)
		return error_errno(err, errno, "%s", path);
	if (st->st_uid != geteuid())
		return error_set(err, CWORK_E_INVALID, "%s belongs to another user", path);
	if (st->st_mode & (S_IRWXG | S_IRWXO))
		return error_set(err, CWORK_E_INVALID,
				 "%s is open to other users; chmod 700 it or choose another", path);
	return 0;
}

/* The absolute path by which FD's directory is found again. */
static int absolute_path(char **out, const struct stat *st, const char *path, cwork_error *err)
{
	own char *absolute = realpath(path, NULL);
	struct stat again;

	if (!absolute || lstat(absolute, &again) < 0)
		return error_errno(err, errno, "%s", path);
	if (again.st_dev != st->st_dev || again.st_ino != st->st_ino)
		return error_set(err, CWORK_E_INVALID, "%s was exchanged meanwhile", path);
	*out = take(absolute);
	return 0;
}

int private_dir_open(char **path, const char *dir, cwork_error *err)
{
	own char *name = NULL;
	struct stat st;
	int fd, r;

	r = choose_path(&name, dir, err);
	if (r < 0)
		return r;
	assert(name);
	make_directories(name);
	fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "can't open the directory %s", name);
	r = check_owner(fd, &st, name, err);
	if (r == 0)
		r = absolute_path(path, &st, name, err);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}
