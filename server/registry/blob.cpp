#include "server/registry/blob.h"

#include <fmt/format.h>

namespace gatehouse::server {

blob_conversation::blob_conversation(
    endpoint at,
    const policy::digest& blob,
    std::uint64_t size,
    std::shared_ptr<body_sink> to,
    access_memory& memory,
    tick_time deadline
)
    : dialogue_(std::move(at), memory, deadline),
      what_(fmt::format("{}@{}", dialogue_.at().repository, blob.text())) {
    call made;
    made.target = "/blobs/" + blob.text();
    made.most_body_bytes = size;
    made.body_to = std::move(to);
    dialogue_.ask(std::move(made));
}

void blob_conversation::give(std::size_t id, policy::fact<http_response> answer, tick_time now) {
    dialogue_.give(id, std::move(answer), now);
    while (auto done = dialogue_.take_answer()) {
        if (auto* failed = std::get_if<policy::fetch_failure>(&done->response)) {
            outcome_ = std::move(*failed);
            continue;
        }
        const auto& got = std::get<http_response>(done->response);
        if (got.status == 200) {
            outcome_ = blob_end{};
        } else {
            outcome_ = dialogue_.refusal(got, what_);
        }
    }
}

} // namespace gatehouse::server
