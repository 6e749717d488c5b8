/*
 * cwork: durable background jobs in Redis, on the layout of gocraft/work.
 *
 * One header for everything. The chapters:
 *
 *	error.h    results and errors
 *	args.h     arguments of a job
 *	enqueue.h  put jobs into queues
 *	job.h      what a handler sees
 *	pool.h     run jobs
 *	client.h   look at a namespace from outside
 *	log.h      where log lines go
 */
#ifndef CWORK_CWORK_H
#define CWORK_CWORK_H

#include <cwork/args.h>
#include <cwork/client.h>
#include <cwork/enqueue.h>
#include <cwork/error.h>
#include <cwork/export.h>
#include <cwork/job.h>
#include <cwork/log.h>
#include <cwork/pool.h>

#endif
