/* Enqueuing one job a call, from one thread: enqueue_one URL JOBS. Prints calls a second. */
#include <cwork/cwork.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	cwork_enqueuer *q;
	cwork_error err;
	double start;
	long jobs;

	if (argc != 3)
		return 2;
	jobs = strtol(argv[2], NULL, 10);
	if (cwork_enqueuer_new(&q,
			       &(cwork_enqueuer_options){.size = sizeof(cwork_enqueuer_options),
							 .redis = argv[1],
							 .ns = "one"},
			       &err) < 0) {
		fprintf(stderr, "enqueue_one: %s\n", err.text);
		return 1;
	}
	start = now_s();
	for (long i = 0; i < jobs; i++)
		if (cwork_enqueue(q, "foo", CWORK_ARGS(cwork_int("n", i)), NULL, &err) < 0) {
			fprintf(stderr, "enqueue_one: %s\n", err.text);
			return 1;
		}
	printf("%.0f\n", (double)jobs / (now_s() - start));
	cwork_enqueuer_free(q);
	return 0;
}
