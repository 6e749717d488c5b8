/* Where the library's log lines go: to a function of the program's. Nothing else is ever printed.
 */
#ifndef CWORK_LOG_H
#define CWORK_LOG_H

#include <cwork/export.h>

enum cwork_log_level { CWORK_LOG_ERROR, CWORK_LOG_WARNING, CWORK_LOG_INFO, CWORK_LOG_DEBUG };

/* Take one line of log: no newline, at most some hundred bytes, from any thread of the pool. */
typedef void cwork_log_fn(enum cwork_log_level level, const char *line, void *data);

#endif
