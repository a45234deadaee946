// An importable extension module that uses what C++ and its run time gained since 2011.
//
// GCC 4.8 is the newest compiler of a 2.17 distribution; its libstdc++.so.6 ends at
// GLIBCXX_3.4.19.  What each part needs of a shared libstdc++ is in its comment.
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory_resource>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

struct Definition {
    long head[5];
    const char *name;
    const char *documentation;
    long size;
    void *rest[5];
};

extern "C" void *PyModule_Create2(void *definition, int abi_version);

namespace {

Definition definition = {{1}, "runtime", nullptr, -1, {nullptr}};

long number_of(const std::string &text) {
#ifdef __cpp_lib_to_chars // not before GCC 11
    double number = 0.5; // 3.4.29
#else
    int number = 5;
#endif
    char digits[64];
    auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    std::filesystem::path path(text);                                     // 3.4.26
    std::pmr::string name(path.filename().string());                      // 3.4.26
    std::map<std::string, long> lengths = {{std::string(name), end - digits}};
    std::mutex lock;
    std::thread([&] { // 3.4.22
        std::scoped_lock held(lock);
        lengths[text] = static_cast<long>(text.size()); // 3.4.21, the new strings
    }).join();
    try {
        return lengths.at(text) + static_cast<long>(std::filesystem::file_size(path));
    } catch (const std::exception &) {
        return lengths.at(text);
    }
}

// libgcc: division and remainder of 128 bits at once, GCC_7.0.0.
#ifdef __SIZEOF_INT128__
long wide(long number) {
    volatile __int128 dividend = number, divisor = 7;
    return static_cast<long>(dividend / divisor + dividend % divisor);
}
#else
long wide(long number) { return number; }
#endif

} // namespace

extern "C" __attribute__((visibility("default"))) void *PyInit_runtime() {
    const char *home = std::getenv("HOME");
    volatile long number = wide(number_of(home ? home : "/"));
    (void)number;
    return PyModule_Create2(&definition, 3);
}
