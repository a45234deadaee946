/* Says in a string for which x86-64 level it was compiled (x86-64 psABI, 3.1.1). */
#ifdef __x86_64__
#if defined __AVX512F__ || defined __AVX512BW__ || defined __AVX512VL__
#define LEVEL "x86-64-v4"
#elif defined __AVX__ || defined __AVX2__ || defined __BMI__ || defined __BMI2__ ||       \
    defined __FMA__ || defined __F16C__ || defined __LZCNT__ || defined __MOVBE__
#define LEVEL "x86-64-v3"
#elif defined __SSE3__ || defined __SSSE3__ || defined __SSE4_1__ ||                      \
    defined __SSE4_2__ || defined __POPCNT__ || defined __LAHF_SAHF__ ||                  \
    defined __GCC_HAVE_SYNC_COMPARE_AND_SWAP_16
#define LEVEL "x86-64-v2"
#else
#define LEVEL "x86-64"
#endif
#else
#error this probe is for x86-64
#endif

__attribute__((visibility("default"))) const char instructions[] =
    "<instructions:" LEVEL ">";
