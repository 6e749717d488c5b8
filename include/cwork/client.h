/*
 * Look at a namespace from outside. A client may be used from any thread; it is
 * not fork-safe.
 */
#ifndef CWORK_CLIENT_H
#define CWORK_CLIENT_H

#include <cwork/error.h>
#include <cwork/export.h>

CWORK_BEGIN_DECLS

typedef struct cwork_client cwork_client;

typedef struct cwork_client_options {
	size_t size;	   /* sizeof(cwork_client_options) */
	const char *redis; /* URL (docs/urls.md); NULL: redis://127.0.0.1:6379 */
	const char *ns;	   /* namespace; NULL: "work"; "" for none */
	int timeout_ms;	   /* longest wait for Redis in one call; 0: 5000 */
} cwork_client_options;

/* Make a client. It connects at the first use. Fails for bad options only. */
CWORK_API int cwork_client_new(cwork_client **out, const cwork_client_options *options,
			       cwork_error *err);
CWORK_API void cwork_client_free(cwork_client *client);

typedef struct cwork_counts {
	size_t size;	   /* sizeof(cwork_counts), set by the caller */
	int64_t queues;	   /* known job names */
	int64_t queued;	   /* jobs in all their queues */
	int64_t scheduled; /* jobs that wait for their time */
	int64_t retry;	   /* failed jobs that wait for another attempt */
	int64_t dead;	   /* jobs that were given up */
	int64_t pools;	   /* registered worker pools */
} cwork_counts;

/* Count the namespace's jobs. The counts are of one moment each, not of one together. */
CWORK_API int cwork_client_counts(cwork_client *client, cwork_counts *counts, cwork_error *err);

typedef struct cwork_server_info {
	size_t size;	     /* sizeof(cwork_server_info), set by the caller */
	char version[24];    /* "7.0.15" */
	int64_t used_memory; /* bytes */
	int64_t max_memory;  /* bytes; 0: no limit */
	double cpu_seconds;  /* used by the server since its start, user and system */
	int64_t commands;    /* processed since its start */
} cwork_server_info;

/* Ask the Redis server about itself. */
CWORK_API int cwork_client_server_info(cwork_client *client, cwork_server_info *info,
				       cwork_error *err);

/*
 * Forget a job name: remove it from the known ones, with its limit, pause and
 * counts. Only when its queue is empty: otherwise CWORK_E_STATE. Pools that
 * serve the name make it known again when they start. CWORK_NOT_FOUND when it
 * is not known.
 */
CWORK_API int cwork_client_forget(cwork_client *client, const char *name, cwork_error *err);

CWORK_END_DECLS

#endif
