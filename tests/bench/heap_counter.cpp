#include "tests/bench/heap_counter.h"

#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t allocated = 0;
thread_local std::uint64_t failing = 0; ///< the count at which one fails; 0 = none does

bool is_to_fail() noexcept {
    if (++allocated != failing) {
        return false;
    }
    failing = 0;
    return true;
}

void* counted(std::size_t size) noexcept {
    return is_to_fail() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void* counted(std::size_t size, std::align_val_t alignment) noexcept {
    const auto unit = static_cast<std::size_t>(alignment);
    // aligned_alloc wants a multiple of the alignment.
    return is_to_fail() ? nullptr : std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
}

void* or_throw(void* memory) {
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

} // namespace

// Every form is replaced: those of a sanitizer's runtime do not call each other, and it complains of
// memory that comes from one of its own and goes to one of these.
void* operator new(std::size_t size) { return or_throw(counted(size)); }
void* operator new[](std::size_t size) { return or_throw(counted(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return or_throw(counted(size, alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return or_throw(counted(size, alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace gatehouse::bench {

std::uint64_t allocations() noexcept { return allocated; }

failing_heap::failing_heap(std::uint64_t which) noexcept { failing = allocated + which + 1; }

failing_heap::~failing_heap() { failing = 0; }

bool failing_heap::has_failed() const noexcept { return failing == 0; }

} // namespace gatehouse::bench
