/* A directory that is this user's alone. */
#ifndef REDIS_PRIVATE_DIR_H
#define REDIS_PRIVATE_DIR_H

#include <cwork/error.h>

/*
 * Open DIR (NULL: $XDG_STATE_HOME/cwork/redis or ~/.local/state/cwork/redis),
 * made with mode 0700 where it is missing. Refused: a symbolic link, another
 * owner, permissions for anybody else. Returns a descriptor; *PATH is the
 * absolute path, owned by the caller.
 */
int private_dir_open(char **path, const char *dir, cwork_error *err);

#endif
