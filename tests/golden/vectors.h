/*
 * Reading the recorded vectors, with our own JSON reader. A file holds an
 * object; bytes are authoritative in members that end in _b64.
 */
#ifndef GOLDEN_VECTORS_H
#define GOLDEN_VECTORS_H

#include "base/arena.h"
#include "job/json.h"

/* Where the vectors are: CWORK_VECTORS, or the project's copy. */
const char *vectors_folder(void);
/* Read a file of the folder. False when it is not there; exits on anything worse. Lives in A. */
bool vectors_load(struct arena *a, const char *file, struct json *out);

/* A member of an object; false when absent or null. */
bool vectors_get(const struct json *object, const char *name, struct json *out);
/* A string member, from NAME_b64 when it is there; {NULL, 0} when absent or null. */
struct slice vectors_text(struct arena *a, const struct json *object, const char *name);
/* An integer member written as a decimal string or a number; 0 when absent. */
int64_t vectors_int(struct arena *a, const struct json *object, const char *name);
bool vectors_bool(const struct json *object, const char *name);

#endif
