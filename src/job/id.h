/* Identifiers (wire-format.md §4). */
#ifndef JOB_ID_H
#define JOB_ID_H

#include <cwork/export.h>

/* Write a new random identifier: 24 lower-case hex digits and a terminator. Any thread. */
void id_make(char out[CWORK_ID_SIZE]);

#endif
