#pragma once
// A registry in memory: answers what a test put into it, notes what it was asked, and holds its answers back
// until the test lets go. Lives on the test's own loop.

#include "server/registry/evidence_store.h"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

class fake_evidence_store final : public server::evidence_store {
  public:
    using candidates_answer = policy::fact<std::vector<policy::signature_candidate>>;

    explicit fake_evidence_store(server::loop& runs_on)
        : gate_(runs_on.get_executor(), server::steady_timer::time_point::max()) {}

    std::map<std::string, policy::fact<policy::digest>> tags; ///< by reference::text()
    std::map<std::string, candidates_answer> signatures;      ///< by "repository@digest"
    using platforms_answer = policy::fact<std::vector<policy::platform_image>>;
    using files_answer = policy::fact<policy::account_files>;
    std::map<std::string, platforms_answer> users;    ///< by "repository@digest"
    std::map<std::string, files_answer> account_data; ///< by "repository@digest of a manifest"
    std::vector<std::string>
        asked; ///< "tag ...", "signatures ...", "platforms ...", "accounts ..."
    std::size_t answered = 0;
    bool throws = false;

    void hold() { is_held_ = true; }
    void let_go() {
        is_held_ = false;
        gate_.cancel();
    }

    [[nodiscard]] server::awaitable<policy::fact<policy::digest>> resolve(
        policy::reference image,
        server::tick_time
    ) override {
        asked.push_back("tag " + image.text());
        co_await pass();
        co_return tags.at(image.text());
    }

    [[nodiscard]] server::awaitable<candidates_answer> candidates(
        std::string repository,
        policy::digest image,
        server::tick_time
    ) override {
        const std::string key = repository + "@" + image.text();
        asked.push_back("signatures " + repository);
        co_await pass();
        co_return signatures.at(key);
    }

    [[nodiscard]] server::awaitable<platforms_answer> platforms(
        std::string repository,
        policy::digest image,
        server::tick_time
    ) override {
        const std::string key = repository + "@" + image.text();
        asked.push_back("platforms " + repository);
        co_await pass();
        co_return users.at(key);
    }

    [[nodiscard]] server::awaitable<files_answer> account_files(
        std::string repository,
        policy::digest manifest,
        server::tick_time
    ) override {
        const std::string key = repository + "@" + manifest.text();
        asked.push_back("accounts " + repository);
        co_await pass();
        co_return account_data.at(key);
    }

  private:
    server::awaitable<void> pass() {
        while (is_held_) {
            co_await gate_.async_wait(server::use_token);
        }
        if (throws) {
            throw std::runtime_error("a bug");
        }
        ++answered;
    }

    bool is_held_ = false;
    server::steady_timer gate_;
};

} // namespace gatehouse::testing_support
