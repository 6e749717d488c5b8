/*
 * The clocks. All but tests read the system's; a test may replace the wall
 * clock. Wall time is for what other hosts see, never for waiting.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Wall clock: Unix seconds, and milliseconds. */
int64_t clock_now_s(void);
int64_t clock_now_ms(void);
/* Monotonic, stands still in suspend: for durations and deadlines. */
int64_t clock_mono_ns(void);
int64_t clock_mono_ms(void);
/* Monotonic, goes on in suspend: for leases. */
int64_t clock_boot_ms(void);

/* Make clock_now_* stand at NOW_MS until changed again; below zero: the system's again. Any thread.
 */
void clock_set_for_test(int64_t now_ms);

#endif
