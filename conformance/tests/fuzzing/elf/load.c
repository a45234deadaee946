/* Loads one file after the other, each in a process of its own, and says how it went.
 *
 * A line of standard input is "module PATH" or "program PATH".  The first line of
 * output is glibc's version; then, for each file: exit status (128 and more: a signal),
 * a tab, and what was said, its line ends as spaces.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_SECONDS = 2, SECONDS = 20 };

static void limit(int what, rlim_t most)
{
    struct rlimit both = {most, most};
    setrlimit(what, &both);
}

static void load(char *kind, char *path)
{
    limit(RLIMIT_CPU, CPU_SECONDS);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CORE, 0);
    alarm(SECONDS);
    if (strcmp(kind, "program") == 0) {
        /* The kernel maps it, the loader relocates it, and none of its code runs. */
        char *environment[] = {"LD_TRACE_LOADED_OBJECTS=1", "LD_WARN=1",
                               "LD_BIND_NOW=1", "LC_ALL=C", NULL};
        execle(path, path, (char *)NULL, environment);
        perror("exec");
        _exit(1);
    }
    if (dlopen(path, RTLD_NOW | RTLD_LOCAL)) /* as CPython opens modules */
        _exit(0);
    dprintf(1, "%s", dlerror());
    _exit(1);
}

static int run(char *kind, char *path, char *said, size_t room)
{
    int ends[2], status = 0;
    size_t length = 0;
    if (pipe(ends))
        abort();
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0); /* the names of the next files are not for it */
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        load(kind, path);
    }
    close(ends[1]);
    for (char rest[512]; ;) {
        int full = length + 1 >= room;
        ssize_t more = full ? read(ends[0], rest, sizeof rest)
                            : read(ends[0], said + length, room - 1 - length);
        if (more <= 0)
            break;
        length += full ? 0 : (size_t)more;
    }
    close(ends[0]);
    said[length] = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void)
{
    char line[4096], said[4096];
    puts(gnu_get_libc_version());
    fflush(stdout); /* or each child would write it again */
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        char *path = strchr(line, ' ');
        *path++ = 0;
        int status = run(line, path, said, sizeof said);
        for (char *at = said; *at; at++)
            if (*at == '\n' || *at == '\r')
                *at = '\v';
        printf("%d\t%s\n", status, said);
        fflush(stdout);
    }
    return 0;
}
