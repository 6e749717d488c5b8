/* The vocabulary of the golden tests, and the checks, one for each file of vectors. */
#ifndef GOLDEN_GOLDEN_H
#define GOLDEN_GOLDEN_H

#include "vectors.h"

/* Compare; prints both when they differ. */
bool golden_same(const char *what, struct slice got, struct slice want);
/* Print why a case fails; returns false. */
bool golden_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Count and print one case. */
void golden_case(struct arena *a, const char *file, const struct json *c, bool ok);
/* Run CHECK on each element of the file's list. */
void golden_each(struct arena *a, const char *file, const struct json *root, const char *list,
		 bool (*check)(struct arena *a, const struct json *c));

void golden_job_encoding(struct arena *a, const char *file, const struct json *root);
void golden_unique_keys(struct arena *a, const char *file, const struct json *root);
void golden_arg_access(struct arena *a, const char *file, const struct json *root);

#endif
