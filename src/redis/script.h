/*
 * A Lua script that is part of the program: its source and the SHA-1 of it,
 * both fixed when cwork is built (tools/embed).
 */
#ifndef REDIS_SCRIPT_H
#define REDIS_SCRIPT_H

#include "base/slice.h"

struct script {
	const char *name; /* the file's name without .lua */
	struct slice source;
	char sha1[41];
};

#endif
