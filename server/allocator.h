#pragma once
// How the C library's allocator shall treat this program, a server that now and then needs hundreds of
// megabytes for a moment. Called once, before there is a second thread.

namespace gatehouse::server {

/// Blocks of a megabyte and more come from the system and go back to it as soon as they are freed. Left
/// alone, glibc learns from the first large body to keep the next ones.
void return_large_blocks() noexcept;

} // namespace gatehouse::server
