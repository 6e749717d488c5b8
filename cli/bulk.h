/* Enqueuing from a file, a JSON object a line. */
#ifndef CLI_BULK_H
#define CLI_BULK_H

#include "cli.h"

/* Enqueue every line of PATH ("-": standard input). Returns an exit status. */
int bulk_enqueue(const struct cli *cli, cwork_enqueuer *q, const char *path);

#endif
