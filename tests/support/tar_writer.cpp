#include "tests/support/tar_writer.h"

#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace gatehouse::testing_support {
namespace {

constexpr std::size_t block_size = 512;

void put(std::string& block, std::size_t at, std::size_t room, std::string_view text) {
    block.replace(at, std::min(text.size(), room), text.substr(0, room));
}

std::string octal(std::uint64_t value, int digits) {
    std::array<char, 32> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%0*llo", digits, static_cast<unsigned long long>(value)
    );
    return {text.data(), static_cast<std::size_t>(size)};
}

} // namespace

std::string tar_block(const tar_header& header) {
    std::string block(block_size, '\0');
    put(block, 0, 100, header.name);
    put(block, 100, 8, "0000644");
    put(block, 108, 8, "0000000");
    put(block, 116, 8, "0000000");
    put(block, 124, 12, octal(header.size, 11));
    put(block, 136, 12, "00000000000");
    put(block, 148, 8, "        ");
    block[156] = header.type;
    put(block, 157, 100, header.link);
    put(block, 257, 8, header.magic);
    put(block, 345, 155, header.prefix);
    unsigned sum = 0;
    for (const char c : block) {
        sum += static_cast<unsigned char>(c);
    }
    put(block, 148, 8, octal(sum, 6) + std::string("\0 ", 2));
    return block;
}

std::string tar_padded(std::string_view text) {
    std::string padded(text);
    padded.resize((text.size() + block_size - 1) / block_size * block_size, '\0');
    return padded;
}

std::string pax_record(std::string_view key, std::string_view value) {
    const std::size_t rest = key.size() + value.size() + 3; // " ", "=", newline
    std::size_t length = rest + 1;
    while (rest + std::to_string(length).size() != length) {
        ++length;
    }
    return std::to_string(length) + ' ' + std::string(key) + '=' + std::string(value) + '\n';
}

std::string tar_extension(char type, std::string_view body) {
    tar_header header{.name = "PaxHeader", .type = type, .size = body.size()};
    if (type == 'g') {
        header.name = "pax_global_header";
    }
    if (type == 'L' || type == 'K') {
        header.name = "././@LongLink";
        header.magic = std::string("ustar  \0", 8);
    }
    return tar_block(header) + tar_padded(body);
}

std::string tar_end() { return std::string(2 * block_size, '\0'); }

std::string tar_entry(std::string_view entry) {
    for (const auto& [sign, type] : {std::pair(" -> ", '2'), std::pair(" => ", '1')}) {
        const std::size_t at = entry.find(sign);
        if (at != std::string_view::npos) {
            return tar_block(
                {.name = std::string(entry.substr(0, at)),
                 .type = type,
                 .link = std::string(entry.substr(at + 4))}
            );
        }
    }
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos) {
        const std::string_view content = entry.substr(equals + 1);
        return tar_block({.name = std::string(entry.substr(0, equals)), .size = content.size()})
               + tar_padded(content);
    }
    if (entry.ends_with('!')) {
        return tar_block({.name = std::string(entry.substr(0, entry.size() - 1)), .type = '6'});
    }
    return tar_block({.name = std::string(entry), .type = entry.ends_with('/') ? '5' : '0'});
}

std::string tar_of(const std::vector<std::string>& entries) {
    std::string archive;
    for (const std::string& entry : entries) {
        archive += tar_entry(entry);
    }
    return archive + tar_end();
}

std::string gzip_of(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("gzip");
    }
    std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
    std::string input(bytes);
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) {
        throw std::runtime_error("gzip");
    }
    return out;
}

std::string zstd_of(std::string_view bytes, int window_bits) {
    ZSTD_CCtx* const context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_bits);
    // The size stays untold, as where a stream is compressed: the frame then names its window.
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush);
    const std::size_t left = ZSTD_compressStream2(context, &output, &input, ZSTD_e_end);
    ZSTD_freeCCtx(context);
    if (left != 0) {
        throw std::runtime_error("zstd");
    }
    out.resize(output.pos);
    return out;
}

} // namespace gatehouse::testing_support
