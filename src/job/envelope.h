/*
 * The stored job (wire-format.md §2): reading it by Go's rules, writing it in
 * Go's order, and changing single members while every other byte stays.
 */
#ifndef JOB_ENVELOPE_H
#define JOB_ENVELOPE_H

#include "base/arena.h"
#include "base/strbuf.h"
#include <cwork/error.h>
#include <stdint.h>

struct envelope {
	/* Decoded text: pointing into the raw bytes when nothing was escaped, else into the arena.
	 */
	struct slice name, id, unique_key, err;
	struct slice args; /* the object's bytes as stored; {NULL, 0} when null or missing */
	int64_t t, fails, failed_at;
	bool unique;

	struct slice raw;    /* what was read; borrowed */
	struct slice t_span; /* the value of t within raw; {NULL, 0} when missing */
	struct slice
		unknown; /* in the arena: unknown members as ,"key":value…; {NULL, 0} when none */
	bool ambiguous;	 /* a member occurs twice, in whatever case: nobody may run it */
};

/*
 * Read a job. Accepts exactly what gocraft/work's reader accepts, in any order
 * and case. Two "args" objects (ambiguous) are merged as Go does, in A.
 * BAD_JSON tells why not. E's slices borrow RAW and A.
 */
int envelope_read(struct envelope *e, struct arena *a, struct slice raw, cwork_error *err);

/* Write a job in Go's order; args (or null) and unknown members as they are. */
void envelope_write(struct strbuf *out, const struct envelope *e);

/* Write the job's bytes with t replaced by T_S and everything else untouched (a requeue); a missing
 * t is added. */
void envelope_write_with_t(struct strbuf *out, const struct envelope *e, int64_t t_s);

/*
 * Write the job as it is after a failure: fails + 1, the error's text, the
 * time; args' bytes as they are.
 */
void envelope_write_failed(struct strbuf *out, const struct envelope *e, struct slice text,
			   int64_t now_s);

/*
 * Write a readable job for bytes that can't be read, for the dead set: name
 * QUEUE, id ID, args {"quarantined": the raw bytes' head}, fails 1, and why as the error.
 */
void envelope_write_quarantined(struct strbuf *out, struct slice raw, struct slice queue,
				struct slice id, struct slice why, int64_t now_s);

#endif
