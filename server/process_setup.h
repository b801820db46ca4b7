#pragma once
// What the process asks of the kernel and the allocator, once, before any thread is made.

#include <cstddef>

namespace gatehouse::server {

/// Raises the soft limit of descriptors to the hard one, as connections need one each.
void raise_descriptor_limit();

/// How many descriptors this process may have.
[[nodiscard]] std::size_t descriptor_limit();

/// Makes large blocks go back to the kernel when they are freed, however many of them were needed
/// before: glibc would otherwise learn to keep blocks of up to 32 MiB, the size of a body. Few arenas,
/// as a thread that runs now and then would keep one to itself.
void bound_kept_memory();

/// Gives whole free pages back to the system, wherever in the heap they lie. Takes about a
/// millisecond for 20 MB.
void give_back_free_memory() noexcept;

} // namespace gatehouse::server
