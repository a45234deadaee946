/* Prints what uname(2) calls the machine; without a C library, of which there is none
   here for these architectures. */

#if defined __arm__
enum { UNAME = 122, WRITE = 4, EXIT = 1 };
#define CALL(number, a, b, c)                                                         \
    register long r7 __asm__("r7") = number, r0 __asm__("r0") = a;                    \
    register long r1 __asm__("r1") = b, r2 __asm__("r2") = c;                         \
    __asm__ volatile("swi 0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2) : "memory")
#elif defined __loongarch64
enum { UNAME = 160, WRITE = 64, EXIT = 93 };
#define CALL(number, a, b, c)                                                         \
    register long a7 __asm__("a7") = number, a0 __asm__("a0") = a;                    \
    register long a1 __asm__("a1") = b, a2 __asm__("a2") = c;                         \
    __asm__ volatile("syscall 0" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory")
#elif defined __mips64
enum { UNAME = 5061, WRITE = 5001, EXIT = 5058 };
#define CALL(number, a, b, c)                                                         \
    register long v0 __asm__("$2") = number, a0 __asm__("$4") = a;                    \
    register long a1 __asm__("$5") = b, a2 __asm__("$6") = c;                         \
    __asm__ volatile("syscall" : "+r"(v0) : "r"(a0), "r"(a1), "r"(a2) : "memory", "$7")
#endif

enum { LENGTH = 65, MACHINE = 4 };

__attribute__((always_inline)) static inline void call(long number, long first, long second, long third)
{
    CALL(number, first, second, third);
}

void __start(void)
{
    char name[6][LENGTH]; /* on the stack, which needs no register that a loader sets */
    call(UNAME, (long)name, 0, 0);
    call(WRITE, 1, (long)name[MACHINE], LENGTH);
    call(EXIT, 0, 0, 0);
}
