/* The shim: makes a real program believe that it runs on a modelled platform.
 *
 * Preloaded into a dynamically linked program, it stands in front of the C library and
 * answers a handful of questions from environment variables.  A variable that is not
 * set leaves its question to the C library.  README.md lists the variables.
 *
 * It is compiled without a C library and without its headers, so that it needs neither a
 * start-up build nor any symbol version: what it calls exists in every glibc and in musl.
 */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define SHOWN __attribute__((visibility("default")))

/* dlsym and dlopen look at who called them, so the shim leaves its own call out. */
#if defined(__powerpc__) || !__has_attribute(musttail)
#define JUMP /* PowerPC cannot promise it; GCC before 15 has no word for it, and does it */
#else
#define JUMP __attribute__((musttail))
#endif

/* --- What is used of the C library; types as on Linux ------------------------------- */

typedef struct file FILE;
char *getenv(const char *name);
int strcmp(const char *one, const char *other);
int strncmp(const char *one, const char *other, size_t length);
size_t strlen(const char *text);
void *memcpy(void *to, const void *from, size_t length);
char *realpath(const char *path, char *to);
long readlink(const char *path, char *to, size_t size);
int *__errno_location(void);

enum { NO_SUCH_CALL = 38, INVALID = 22 };                    /* ENOSYS, EINVAL */
enum { ACCESS_MODE = 3, READ_ONLY = 0 };                     /* O_ACCMODE, O_RDONLY */
enum { CREATE = 0100, TEMPORARY = 020000000 };               /* O_CREAT, __O_TMPFILE */
enum { GNU_LIBC_VERSION = 2 };                               /* _CS_GNU_LIBC_VERSION */

struct utsname {
    char system[65], node[65], release[65], version[65], machine[65], domain[65];
};

/* --- The next definition of a function after the shim's own ------------------------- */

#if UINTPTR_MAX > 0xffffffff
struct program_header { uint32_t type, flags; uint64_t offset, address, rest[4]; };
struct symbol { uint32_t name; uint8_t info, other; uint16_t section; uint64_t value, size; };
#else
struct program_header { uint32_t type, offset, address, rest[5]; };
struct symbol { uint32_t name, value, size; uint8_t info, other; uint16_t section; };
#endif
struct dynamic { uintptr_t tag, value; };
struct object { /* struct dl_phdr_info */
    uintptr_t base;
    const char *name;
    const struct program_header *headers;
    uint16_t count;
};
int dl_iterate_phdr(int (*visit)(struct object *, size_t, void *), void *data);
extern const struct dynamic _DYNAMIC[] __attribute__((visibility("hidden")));

enum { PT_DYNAMIC = 2, DT_STRTAB = 5, DT_SYMTAB = 6, STT_FUNC = 2, HIDDEN = 0x8000 };
#define DT_GNU_HASH 0x6ffffef5u
#define DT_VERSYM 0x6ffffff0u

struct search { const char *name; int after_shim; void *found; };

static const struct dynamic *dynamic_of(const struct object *object)
{
    for (int i = 0; i < object->count; i++)
        if (object->headers[i].type == PT_DYNAMIC)
            return (const void *)(object->base + (uintptr_t)object->headers[i].address);
    return NULL;
}

/* glibc relocates the addresses in the dynamic section in place, musl does not. */
static const void *entry(const struct object *object, uintptr_t tag)
{
    const struct dynamic *dynamic = dynamic_of(object);
    for (; dynamic && dynamic->tag; dynamic++)
        if (dynamic->tag == tag)
            return (const void *)(dynamic->value < object->base
                                      ? dynamic->value + object->base : dynamic->value);
    return NULL;
}

static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (uint8_t)*name;
    return hash;
}

/* one % other, without the division that 32-bit Arm has in a library only. */
static uint32_t rest_of(uint32_t one, uint32_t other)
{
    uint64_t rest = 0;
    for (int bit = 31; bit >= 0; bit--) {
        rest = rest << 1 | (one >> bit & 1);
        if (rest >= other)
            rest -= other;
    }
    return (uint32_t)rest;
}

/* Finds the default version of a function, as dlsym would. */
static void *defined_in(const struct object *object, const char *name)
{
    const uint32_t *table = entry(object, DT_GNU_HASH);
    const struct symbol *symbols = entry(object, DT_SYMTAB);
    const char *names = entry(object, DT_STRTAB);
    const uint16_t *versions = entry(object, DT_VERSYM);
    if (!table || !symbols || !names || !table[0])
        return NULL;
    uint32_t first = table[1], hash = gnu_hash(name);
    const uint32_t *buckets = table + 4 + table[2] * (sizeof(uintptr_t) / 4);
    const uint32_t *chains = buckets + table[0];
    uint32_t i = buckets[rest_of(hash, table[0])];
    if (i < first)
        return NULL;
    do {
        const struct symbol *symbol = symbols + i;
        if ((chains[i - first] | 1) == (hash | 1) && symbol->section
            && (symbol->info & 15) == STT_FUNC && !strcmp(names + symbol->name, name)
            && !(versions && versions[i] & HIDDEN))
            return (void *)(object->base + (uintptr_t)symbol->value);
    } while (!(chains[i++ - first] & 1));
    return NULL;
}

static int visit(struct object *object, size_t size, void *data)
{
    struct search *search = data;
    (void)size;
    if (dynamic_of(object) == _DYNAMIC)
        search->after_shim = 1;
    else if (search->after_shim)
        search->found = defined_in(object, search->name);
    return search->found != NULL;
}

static void *next(const char *name, void **known)
{
    if (!*known) {
        struct search search = {name, 0, NULL};
        dl_iterate_phdr(visit, &search);
        *known = search.found;
    }
    if (!*known)
        *__errno_location() = NO_SUCH_CALL;
    return *known;
}

/* Ends with the next definition of `function`; without one, the call fails as an unknown
 * system call does. */
#define NEXT(how, function, failed, ...)                                                 \
    do {                                                                                 \
        static void *known;                                                              \
        __typeof__(&function) real = next(#function, &known);                            \
        if (!real)                                                                       \
            return failed;                                                               \
        how return real(__VA_ARGS__);                                                    \
    } while (0)

/* --- What the environment variables say --------------------------------------------- */

static int same(const char *one, const char *other)
{
    return one && other && !strcmp(one, other);
}

/* True in the target interpreter, and everywhere if nobody asked for the difference. */
static int in_target(void)
{
    char path[4096];
    if (!getenv("MODELLED_TOOL_GLIBC"))
        return 1;
    long length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return same(path, getenv("MODELLED_TARGET"));
}

static const char *libc(void)
{
    return in_target() ? getenv("MODELLED_LIBC") : NULL;
}

static int without_glibc(void)
{
    const char *name = libc();
    return same(name, "musl") || same(name, "static-musl") || same(name, "bionic");
}

static const char *glibc(void)
{
    return getenv(in_target() ? "MODELLED_GLIBC" : "MODELLED_TOOL_GLIBC");
}

/* Is the path a line of the list? */
static int listed(const char *path, const char *list)
{
    while (list && *list) {
        size_t i = 0;
        while (path[i] && path[i] != '\n' && path[i] == list[i])
            i++;
        if (!path[i] && (!list[i] || list[i] == '\n'))
            return 1;
        while (*list && *list != '\n')
            list++;
        list += *list == '\n';
    }
    return 0;
}

/* Is the path, or the file that it links to, an interpreter of the model? */
static int is_interpreter(const char *path)
{
    const char *list = getenv("MODELLED_INTERPRETER"), *name = path;
    char file[4096];
    for (const char *at = path; *at; at++)
        if (*at == '/')
            name = at + 1;
    if (strncmp(name, "python", 6))
        return 0;
    return listed(path, list) || (realpath(path, file) && listed(file, list));
}

/* The file that a reader of `path` gets to see. */
static const char *seen(const char *path, int flags)
{
    const char *header = getenv("MODELLED_HEADER");
    int asked = header && path && (flags & ACCESS_MODE) == READ_ONLY;
    return asked && is_interpreter(path) ? header : path;
}

/* --- The C library's version --------------------------------------------------------- */

SHOWN const char *gnu_get_libc_version(void)
{
    const char *version = glibc();
    if (version)
        return version;
    NEXT(, gnu_get_libc_version, "", );
}

SHOWN size_t confstr(int name, char *to, size_t size)
{
    if (name == GNU_LIBC_VERSION && without_glibc()) {
        *__errno_location() = INVALID; /* as musl's confstr does; Bionic has none */
        return 0;
    }
    const char *version = glibc();
    if (name == GNU_LIBC_VERSION && version) {
        char text[256] = "glibc ";
        size_t length = strlen(version) < 200 ? strlen(version) : 200;
        memcpy(text + 6, version, length);
        length += 7; /* with "glibc " and the final NUL, as POSIX counts */
        if (to && size) {
            size_t fits = length < size ? length : size;
            memcpy(to, text, fits);
            to[fits - 1] = 0;
        }
        return length;
    }
    NEXT(, confstr, 0, name, to, size);
}

/* Beside a real musl there is only the shim's own definition, which does not count. */
static int has_version_function(void)
{
    static void *known;
    if (without_glibc() || same(libc(), "static-glibc"))
        return 0; /* a static program exports no symbol */
    return glibc() || next("gnu_get_libc_version", &known);
}

SHOWN void *dlsym(void *handle, const char *name)
{
    if (same(name, "gnu_get_libc_version")) {
        if (!has_version_function())
            name = "gnu_get_libc_version, which this C library does not have";
        else if (glibc())
            return (void *)gnu_get_libc_version; /* in whatever library it is looked up */
    }
    NEXT(JUMP, dlsym, NULL, handle, name);
}

/* Only musl refuses it: a program that is linked statically against glibc opens itself.
 * CPython's ctypes opens the main program once while it is imported; a static interpreter
 * that has ctypes at all got past that, so the first time is let through. */
SHOWN void *dlopen(const char *path, int mode)
{
    static int opened;
    if (!path && same(libc(), "static-musl") && opened++)
        path = "the main program, which is statically linked";
    NEXT(JUMP, dlopen, NULL, path, mode);
}

/* --- The machine --------------------------------------------------------------------- */

static int real_uname(struct utsname *to);
SHOWN int uname(struct utsname *to)
{
    const char *machine = getenv("MODELLED_MACHINE");
    int failed = real_uname(to);
    if (!failed && machine && strlen(machine) < sizeof to->machine)
        memcpy(to->machine, machine, strlen(machine) + 1);
    return failed;
}

static int real_uname(struct utsname *to)
{
    NEXT(, uname, -1, to);
}

/* --- The interpreter's file ---------------------------------------------------------- */

#define MODE(last)                                                                       \
    unsigned mode = 0;                                                                   \
    if (flags & (CREATE | TEMPORARY)) {                                                  \
        va_list rest;                                                                    \
        va_start(rest, last);                                                            \
        mode = va_arg(rest, unsigned);                                                   \
        va_end(rest);                                                                    \
    }

#define OPEN(function)                                                                   \
    SHOWN int function(const char *path, int flags, ...)                                 \
    {                                                                                    \
        MODE(flags)                                                                      \
        NEXT(, function, -1, seen(path, flags), flags, mode);                              \
    }

#define OPENAT(function)                                                                 \
    SHOWN int function(int folder, const char *path, int flags, ...)                     \
    {                                                                                    \
        MODE(flags)                                                                      \
        NEXT(, function, -1, folder, seen(path, flags), flags, mode);                      \
    }

#define OPEN_2(function) /* what a program compiled with _FORTIFY_SOURCE calls */        \
    SHOWN int function(const char *path, int flags)                                      \
    {                                                                                    \
        NEXT(, function, -1, seen(path, flags), flags);                                    \
    }

#define OPENAT_2(function)                                                               \
    SHOWN int function(int folder, const char *path, int flags)                          \
    {                                                                                    \
        NEXT(, function, -1, folder, seen(path, flags), flags);                            \
    }

#define FOPEN(function)                                                                  \
    SHOWN FILE *function(const char *path, const char *mode)                             \
    {                                                                                    \
        int flags = mode[0] == 'r' && mode[1] != '+' && (!mode[1] || mode[2] != '+')     \
                        ? READ_ONLY : ACCESS_MODE;                                       \
        NEXT(, function, NULL, seen(path, flags), mode);                                   \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
OPEN_2(__open_2)
OPEN_2(__open64_2)
OPENAT_2(__openat_2)
OPENAT_2(__openat64_2)
FOPEN(fopen)
FOPEN(fopen64)
