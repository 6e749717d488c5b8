/*
 * Run a fuzz target over files, so that each corpus is an ordinary test. Takes
 * files and directories of files; prints TAP. A file that breaks the target ends
 * the program, its name being the last one begun.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int number;

static void die(const char *path)
{
	printf("Bail out! %s can't be read\n", path);
	exit(1);
}

static void run_file(const char *path, size_t size)
{
	/* Exactly as large as the file, so that reading behind it is seen. */
	uint8_t *data = malloc(size ? size : 1);
	FILE *f = fopen(path, "rb");

	if (!data || !f || fread(data, 1, size, f) != size)
		die(path);
	fclose(f);
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	printf("ok %d - %s\n", ++number, path);
	free(data);
}

static void run(const char *path);

static void run_directory(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	char name[4096];

	if (count < 0)
		die(path);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
			run(name);
		}
		free(entries[i]);
	}
	free(entries);
}

static void run(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		die(path);
	if (S_ISDIR(st.st_mode))
		run_directory(path);
	else
		run_file(path, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	if (number == 0)
		printf("not ok %d - no files given\n", ++number);
	printf("1..%d\n", number);
	return 0;
}
