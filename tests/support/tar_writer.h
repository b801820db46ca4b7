#pragma once
// Writes tar archives, good and bad ones, and compresses them: layers of images for tests, fuzzers and benchmarks.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

/// The fields of one header block as they are written; the checksum follows from them.
struct tar_header {
    std::string name = {};
    char type = '0';
    std::uint64_t size = 0;
    std::string link = {};
    std::string prefix = {};
    std::string magic = std::string(
        "ustar\0"
        "00",
        8
    );
};

[[nodiscard]] std::string tar_block(const tar_header& header);
/// `text` and zeros up to a whole block.
[[nodiscard]] std::string tar_padded(std::string_view text);
/// "24 path=etc/passwd\n" with its length.
[[nodiscard]] std::string pax_record(std::string_view key, std::string_view value);
/// An extended header of this type ('x', 'g', 'L', 'K') with this body.
[[nodiscard]] std::string tar_extension(char type, std::string_view body);
/// Two blocks of zeros.
[[nodiscard]] std::string tar_end();

/// One entry in short: "etc/" is a directory, "etc/passwd=root:x:0:0" a file with content, "a -> b" a symbolic and
/// "a => b" a hard link, "a!" a fifo; anything else an empty file, such as a whiteout.
[[nodiscard]] std::string tar_entry(std::string_view entry);
/// All of them and the end.
[[nodiscard]] std::string tar_of(const std::vector<std::string>& entries);

[[nodiscard]] std::string gzip_of(std::string_view bytes);
[[nodiscard]] std::string zstd_of(std::string_view bytes, int window_bits = 0);

} // namespace gatehouse::testing_support
