/*
 * A worker process for the torture rows: worker URL LOG CONCURRENCY GRACE_MS
 *
 * Serves "t" (and "u", limited to 1). Each run is written to LOG in one
 * O_APPEND write: id, fails, pid, args. The args say what the job does:
 * ms (sleep), fail (so often), and crash: "segv", "abort" or "exit" at the first
 * run of that id by anybody, "always" at once and every time.
 */
#include <cwork/cwork.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static int log_fd;
static const char *log_path;

static void write_run(cwork_job *job)
{
	char line[4096];
	int len = snprintf(line, sizeof(line), "%s %" PRId64 " %d %s\n", cwork_job_id(job),
			   cwork_job_fails(job), (int)getpid(), cwork_job_args_json(job, NULL));

	if (write(log_fd, line, (size_t)len) != len)
		abort();
}

/* Leaves a mark beside the log; true when this id had not crashed before. */
static bool first_crash(cwork_job *job)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s.crash.%s", log_path, cwork_job_id(job));
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static void crash(const char *how)
{
	if (strcmp(how, "segv") == 0)
		raise(SIGSEGV);
	else if (strcmp(how, "abort") == 0)
		abort();
	_exit(3);
}

static int run(cwork_job *job, void *context)
{
	const char *how =
		cwork_job_has_arg(job, "crash") ? cwork_job_arg_string(job, "crash") : NULL;
	int64_t ms = cwork_job_has_arg(job, "ms") ? cwork_job_arg_int64(job, "ms") : 0;
	int64_t fail = cwork_job_has_arg(job, "fail") ? cwork_job_arg_int64(job, "fail") : 0;

	(void)context;
	if (how && strcmp(how, "always") == 0)
		_exit(3);
	if (how && first_crash(job))
		crash(how);
	while (ms > 0 && !cwork_job_cancelled(job)) {
		int64_t piece = ms < 20 ? ms : 20;

		nanosleep(&(struct timespec){.tv_nsec = piece * 1000000}, NULL);
		ms -= piece;
	}
	if (cwork_job_cancelled(job))
		return cwork_job_fail(job, "cancelled");
	write_run(job);
	return cwork_job_fails(job) < fail ? cwork_job_fail(job, "as asked") : 0;
}

static int64_t at_once(const cwork_job *job, int64_t fails, void *data)
{
	(void)job;
	(void)fails;
	(void)data;
	return 0;
}

static void print_log(enum cwork_log_level level, const char *line, void *data)
{
	(void)data;
	if (level <= CWORK_LOG_WARNING)
		fprintf(stderr, "# worker %d: %s\n", (int)getpid(), line);
}

int main(int argc, char **argv)
{
	cwork_job_options options = {.size = sizeof(options), .backoff = at_once};
	cwork_pool *pool;
	cwork_error err;
	int r;

	if (argc < 5)
		return 2;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log_path = argv[2];
	log_fd = open(log_path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
	r = cwork_pool_new(&pool,
			   &(cwork_pool_options){
				   .size = sizeof(cwork_pool_options),
				   .redis = argv[1],
				   .concurrency = (unsigned)atoi(argv[3]),
				   .grace_ms = (unsigned)atoi(argv[4]),
				   .log = getenv("CWORK_TEST_LOG") ? print_log : NULL,
			   },
			   &err);
	if (r == 0)
		r = cwork_pool_job(pool, "t", run, &options, &err);
	options.max_concurrency = 1;
	if (r == 0)
		r = cwork_pool_job(pool, "u", run, &options, &err);
	if (r == 0)
		r = cwork_pool_run(pool, &err);
	if (r < 0) {
		fprintf(stderr, "worker: %s\n", err.text);
		return 1;
	}
	cwork_pool_free(pool);
	return 0;
}
