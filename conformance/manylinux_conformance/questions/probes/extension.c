/* An importable extension module that calls functions whose versions changed often.
 *
 * The declarations of Python are those of the stable ABI (PEP 384), so no header of
 * Python's is needed.  What each call needs at the newest is in its comment.
 */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef struct _object PyObject;

typedef struct {
    long head[5];
    const char *name;
    const char *documentation;
    long size;
    void *rest[5];
} Definition;

extern PyObject *PyModule_Create2(void *definition, int abi_version);

static void *twice(void *number) {
    *(double *)number *= 2;
    return number;
}

static double called(const char *text) {
    char copy[64];
    struct stat status;
    struct timespec now = {0, 0};
    pthread_t thread;
    double number = strtol(text, NULL, 10);           /* GLIBC_2.38 as C23 */
    memcpy(copy, text, strlen(text) % sizeof copy);   /* GLIBC_2.14 on x86_64 */
    clock_gettime(CLOCK_MONOTONIC, &now);             /* GLIBC_2.17 */
    number += pow(number, now.tv_nsec) + exp(number); /* GLIBC_2.29 */
    number += fcntl(0, F_GETFD);                      /* GLIBC_2.28, 64-bit offsets */
    number += stat(text, &status) + copy[0];          /* GLIBC_2.33 */
    if (pthread_create(&thread, NULL, twice, &number) == 0) /* GLIBC_2.34 */
        pthread_join(thread, NULL);                         /* GLIBC_2.34 */
    return number;
}

static Definition definition = {{1}, "extension", NULL, -1, {NULL}};

__attribute__((visibility("default"))) PyObject *PyInit_extension(void) {
    volatile double number = called("7");
    (void)number;
    return PyModule_Create2(&definition, 3);
}
