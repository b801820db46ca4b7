#pragma once
// HTTP/1.x requests, on Beast's parser: the grammar is Beast's, what is kept of a header is ours,
// so that no field is copied or allocated. Strict where requests could be smuggled: both lengths,
// two different lengths, and any transfer coding but a lone `chunked` are refused. Sessions make
// one per request.

#include "server/handler.h"
#include "server/padded_buffer.h"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::server {

struct request_limits {
    std::uint32_t head = 64 * 1024;
    std::size_t body = std::size_t{32} * 1024 * 1024;
};

struct request_head {
    http_method method = http_method::other;
    std::string_view path;
    std::string_view query;
    std::string_view content_type;
    std::size_t size = 0; ///< of the header with its empty line
    std::optional<std::uint64_t> content_length;
    bool is_chunked = false;
    bool is_http11 = false;
    bool keeps_alive = false;
    bool expects_continue = false;
};

/// Why a request is refused: the answer's status, and a word for its sender.
struct refusal {
    unsigned status = 400;
    std::string reason;
};

class request_parser final : private boost::beast::http::basic_parser<true> {
  public:
    enum class progress : std::uint8_t { need_more, complete, refused };

    explicit request_parser(const request_limits& limits);

    /// `bytes` begins with the request and holds all of it that has come so far.
    [[nodiscard]] progress parse_head(std::span<const char> bytes);
    /// Requires: parse_head gave complete. The views point into `bytes`, which may have moved
    /// since.
    [[nodiscard]] request_head head(std::span<const char> bytes) const;

    struct decoded {
        progress what = progress::need_more;
        std::size_t used = 0; ///< bytes at the front that are done with
    };
    /// Takes the next bytes of a chunked body, from the first that the last call has not used, and
    /// appends what they carry to `chunked_body`. Requires: a complete head with is_chunked.
    [[nodiscard]] decoded parse_chunks(std::span<const char> bytes);
    [[nodiscard]] std::span<const char> chunked_body() const noexcept {
        return body_.all().first(body_size_);
    }

    /// Requires: a call gave refused.
    [[nodiscard]] refusal why() const;

  private:
    using base = boost::beast::http::basic_parser<true>;
    using verb = boost::beast::http::verb;
    using field = boost::beast::http::field;
    using text = boost::beast::string_view;
    using optional_size = boost::optional<std::uint64_t>;
    struct range {
        std::size_t at = 0;
        std::size_t size = 0;
    };

    void on_request_impl(verb method, text, text target, int version, error_code&) override;
    void on_response_impl(int, text, int, error_code&) override {}
    void on_field_impl(field name, text, text value, error_code& failure) override;
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const optional_size&, error_code&) override {}
    std::size_t on_body_impl(text, error_code&) override;
    void on_chunk_header_impl(std::uint64_t size, text, error_code&) override;
    std::size_t on_chunk_body_impl(std::uint64_t, text body, error_code&) override;
    void on_finish_impl(error_code&) override {}

    /// Whether a chunk's size line can begin with these bytes, as far as they can be told apart.
    [[nodiscard]] bool can_go_on_with(std::span<const char> rest) const;
    [[nodiscard]] range within(text part) const;
    [[nodiscard]] bool is_within(text part) const;

    std::span<const char> bytes_; ///< of the running call
    std::size_t used_ = 0;
    std::size_t head_limit_;
    error_code failure_;
    range target_;
    range content_type_;
    http_method method_ = http_method::other;
    bool is_http11_ = false;
    bool expects_continue_ = false;
    bool unknown_coding_ = false;
    std::uint64_t chunk_left_ = 0; ///< bytes that the current chunk still owes
    bool is_last_chunk_ = false;   ///< only trailers follow
    padded_buffer body_;
    std::size_t body_size_ = 0;
};

} // namespace gatehouse::server
