#include "tests/integration/request_load.h"

#include "tests/integration/api_server.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/review_builder.h"

#include <optional>

namespace gatehouse::testing_support {
namespace {

constexpr std::size_t most_losses = 20;

} // namespace

request_load::request_load(std::uint16_t webhook_port, int clients) : port_(webhook_port) {
    for (int i = 0; i < clients; ++i) {
        clients_.emplace_back([this, i] { ask_until_stopped(i % 2 == 0); });
    }
}

void request_load::stop() {
    stopping_ = true;
    for (std::thread& client : clients_) {
        if (client.joinable()) {
            client.join();
        }
    }
}

std::vector<std::string> request_load::losses() const {
    const std::lock_guard lock(mutex_);
    return losses_;
}

void request_load::ask_until_stopped(bool keeps_connection) {
    const std::string review = review_of(bad_pod());
    const http_request request{.body = review};
    std::optional<tls_connection> connection;
    while (!stopping_) {
        if (!connection) {
            try {
                connection.emplace(port_);
            } catch (const connection_closed& error) {
                if (refusals_expected_) {
                    return;
                }
                const std::lock_guard lock(mutex_);
                losses_.push_back(error.what());
                return;
            }
        }
        try {
            const http_response answer = connection->exchange(request);
            if (response_in(answer, review).at("allowed") != false) {
                throw std::runtime_error("allowed");
            }
            ++answers_;
            if (!keeps_connection || answer.closes()) {
                connection.reset();
            }
        } catch (const std::exception& error) {
            connection.reset();
            const std::lock_guard lock(mutex_);
            losses_.push_back(error.what());
            if (losses_.size() >= most_losses) {
                return;
            }
        }
    }
}

} // namespace gatehouse::testing_support
