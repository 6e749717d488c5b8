/*
 * Results and errors.
 *
 * Every function that can fail returns an int: below zero a failure
 * (CWORK_E_*), zero done, above zero an outcome that the caller must handle
 * (CWORK_DUPLICATE and friends). The reason for a failure, as one line of
 * text, goes into a cwork_error that the caller owns; NULL is fine everywhere.
 */
#ifndef CWORK_ERROR_H
#define CWORK_ERROR_H

#include <cwork/export.h>

CWORK_BEGIN_DECLS

/* Outcomes. */
#define CWORK_OK 0
#define CWORK_DUPLICATE 1  /* an equal unique job is waiting, or this id was enqueued before */
#define CWORK_NOT_FOUND 2  /* nothing matched */
#define CWORK_UNFINISHED 3 /* stopped, but handlers are still running */

/* Failures. The numbers never change; new ones are added at the end. */
#define CWORK_E_NOMEM (-1)     /* out of memory in this process */
#define CWORK_E_INVALID (-2)   /* a bad argument or option */
#define CWORK_E_BAD_NAME (-3)  /* not a usable job name */
#define CWORK_E_BAD_JSON (-4)  /* not the JSON that was asked for */
#define CWORK_E_TOO_LARGE (-5) /* over a size limit */
#define CWORK_E_SYSTEM (-6)    /* a system call failed; the text says which */
#define CWORK_E_STATE (-7)     /* not now: the pool is running, stopped, … */
#define CWORK_E_CONNECT (-8)   /* Redis can't be reached; nothing was sent */
#define CWORK_E_UNKNOWN (-9)   /* sent, but no answer came: done or not done */
#define CWORK_E_AUTH (-10)     /* Redis refused the credentials or lacks a permission */
#define CWORK_E_FULL (-11) /* Redis refuses writes: out of memory, disk error, too few replicas */
#define CWORK_E_BUSY (-12) /* Redis can't serve now: loading, failing over, in a long script */
#define CWORK_E_READONLY (-13)	 /* Redis is a read-only replica */
#define CWORK_E_WRONG_TYPE (-14) /* a key of the layout holds another type */
#define CWORK_E_REDIS (-15)	 /* Redis answered with another error */
#define CWORK_E_PROTOCOL (-16)	 /* not an answer that Redis gives */
#define CWORK_E_FENCED (-17) /* this pool was declared dead by another; never seen by handlers */

typedef struct cwork_error {
	int code;	/* the CWORK_E_* that was returned, or 0 */
	char text[244]; /* one line, lower case, no newline, always terminated */
} cwork_error;

/* Say what CODE means in general, as static text: for a failure without a cwork_error. */
CWORK_API const char *cwork_strerror(int code);

/*
 * Tell whether the same call may succeed later without a change: true for
 * CONNECT, FULL, BUSY and READONLY. UNKNOWN is not among them, since
 * repeating the call may do the work twice.
 */
CWORK_API int cwork_error_is_transient(int code);

CWORK_END_DECLS

#endif
