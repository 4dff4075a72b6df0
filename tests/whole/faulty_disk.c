/* A disk that fails: loaded before the C library, it lets the chosen change of a file with "archive.sqlite3" in its name
   fail, or kills the process in it. `arm(n, error, goes_on)` chooses the n-th change from now, and all changes after it
   if `goes_on` is 1; error 0 kills. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int left = 0, failure = 0, lasting = 0, changes = 0;

void arm(int n, int error, int goes_on) { left = n; failure = error; lasting = goes_on; changes = 0; }
int counted(void) { return changes; }

static int concerns(int fd) {
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length < 0) return 0;
    name[length] = 0;
    return strstr(name, "archive.sqlite3") != NULL;
}

static int fails(int fd) {
    if (!concerns(fd)) return 0;
    changes++;
    if (left == 0 || (left > 0 && --left > 0)) return 0;
    if (failure == 0) _exit(9);
    left = lasting ? -1 : 0;
    errno = failure;
    return 1;
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (fails(fd)) { if (failure == ENOSPC && size > 1) real(fd, data, size / 2, at); errno = failure; return -1; }
    return real(fd, data, size, at);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
ssize_t write(int fd, const void *data, size_t size) { REAL(write); return fails(fd) ? -1 : real(fd, data, size); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); return fails(fd) ? -1 : real(fd, size); }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int fsync(int fd) { REAL(fsync); return fails(fd) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return fails(fd) ? -1 : real(fd); }
