#pragma once
// From the layers of one image (one platform) to its /etc/passwd and /etc/group: says which layers are to be read
// and what is sought in each, newest first and two at a time, is given what they hold, and ends as soon as both
// files are settled. Does no I/O (layer_scan reads a layer); whoever drives it carries questions and findings. Pure.

#include "policy/document/server_configuration.h"
#include "policy/result.h"
#include "server/image/file_search.h"
#include "server/image/layer_findings.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

struct account_files {
    std::optional<std::string> passwd; ///< nothing where the image has no such file
    std::optional<std::string> group;

    bool operator==(const account_files&) const = default;
};

/// A layer that is to be read.
struct layer_request {
    std::size_t layer = 0; ///< 0 is the base
    layer_question question;
    std::uint64_t image_bytes_left = 0; ///< decompressed; beyond, the image holds too much
};

class account_search {
  public:
    static constexpr std::size_t most_layers = 500; ///< more than an overlay can have
    static constexpr std::size_t most_scans = 2000;
    static constexpr std::size_t most_under_way = 2;

    explicit account_search(std::size_t layers, const policy::layer_limits& limits = {});

    /// What is to be read now; each layer at most once at a time.
    [[nodiscard]] std::vector<layer_request> take_requests();
    /// What a layer of take_requests() holds. Layers may answer in any order.
    void give(std::size_t layer, layer_findings found);
    /// Set when nothing more is to be read; what is under way is then in vain. Error: a text about the image, such
    /// as "/etc/passwd is a directory in layer 3 of 20".
    [[nodiscard]] const std::optional<policy::result<account_files>>& outcome() const noexcept {
        return outcome_;
    }

  private:
    struct scan {
        std::size_t layer;
        struct part {
            std::size_t file;
            unsigned pass;
        };
        std::vector<part> parts; ///< one for each path of its question
        std::optional<layer_findings> found;
    };

    [[nodiscard]] std::optional<layer_request> next_request();
    [[nodiscard]] bool is_wanted(const scan& one, const scan::part& part) const;
    [[nodiscard]] bool is_under_way(std::size_t file, std::size_t layer) const;
    void use_findings();
    [[nodiscard]] bool use_one();
    void conclude();

    policy::layer_limits limits_;
    std::array<file_search, 2> files_;
    std::vector<scan> scans_; ///< under way, or found and not used yet
    std::uint64_t bytes_ = 0;
    std::size_t begun_ = 0;
    std::optional<policy::result<account_files>> outcome_;
};

} // namespace gatehouse::server
