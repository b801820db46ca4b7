#pragma once
// The conversation that collects what may be signatures of one digest in one repository, from both places:
// the tag `<algorithm>-<hex>.sig` (cosign's simple signing), and referrers (OCI distribution specification 1.1,
// "Listing Referrers", with the fallback tag `<algorithm>-<hex>`): Sigstore bundles and simple signing.
//
// Ends with a list or a failure. "None" is only said where both places said so. What is there but cannot be a
// signature (too large, missing, unreadable) is a candidate without content whose `problem` tells why: it
// verifies as nothing, hides no other one, and never reads as "not signed". At most 100 candidates and 32 MiB;
// beyond that, a failure. No I/O; the client drives it. One thread.

#include "policy/signature/candidate.h"
#include "server/registry/dialogue.h"
#include "server/registry/oci_manifest.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::server {

class collect_conversation {
  public:
    using candidates = std::vector<policy::signature_candidate>;
    using result = policy::fact<candidates>;

    /// Requires: `memory` outlives this.
    collect_conversation(
        endpoint at,
        policy::digest image,
        access_memory& memory,
        tick_time deadline
    );

    [[nodiscard]] std::vector<outgoing> take_requests(tick_time now) {
        return dialogue_.take_requests(now);
    }
    void give(std::size_t id, policy::fact<http_response> answer, tick_time now);
    [[nodiscard]] bool is_listed() const noexcept { return !dialogue_.at().registry.empty(); }
    /// Set once it is over.
    [[nodiscard]] const std::optional<policy::fact<candidates>>& outcome() const noexcept {
        return outcome_;
    }

  private:
    enum class kind : std::uint8_t { signature_tag, referrers, fallback_tag, manifest, blob };
    struct job {
        kind asked = kind::signature_tag;
        std::string target;   ///< of a page
        std::string digest;   ///< of a manifest or blob
        bool is_first = true; ///< the page by which a registry shows whether it has the API
    };
    struct slot {
        policy::signature_candidate made;
        std::optional<std::uint64_t> size;
    };
    struct blob {
        bool is_here = false;
        std::string content;
        std::string problem; ///< why it is not
        std::vector<std::size_t> waiting;
    };
    using response = policy::fact<http_response>;

    void start();
    void ask(job what, std::size_t most_body_bytes);
    void ask_page(std::string target, bool is_first);
    void take(const job& of, response answer);
    void take_tag(http_response& got);
    void take_page(const job& of, http_response& got);
    void take_fallback(http_response& got);
    void take_manifest(const job& of, response& answer);
    void take_blob(const job& of, response& answer);
    void follow(const job& of, const http_response& got);
    void open(const std::vector<descriptor>& listed);
    void read_referrer(const oci_manifest& manifest, const std::string& where, bool is_certain);
    void add_layers(const oci_manifest& manifest, policy::signature_candidate like);
    void add(policy::signature_candidate made, const descriptor& of);
    void add_defect(policy::signature_candidate like, std::string_view problem);
    void settle(slot& one, const blob& with);
    /// True where the body is not what its Docker-Content-Digest says; then it is over.
    [[nodiscard]] bool is_broken(const http_response& got, std::string_view what);
    void refuse(const http_response& got, std::string_view what);
    void fail(policy::fetch_failure why);
    void fail(policy::failure_cause cause, std::string detail);
    void finish(tick_time now);

    dialogue dialogue_;
    policy::digest image_;
    std::map<std::size_t, job> jobs_;
    std::vector<slot> slots_;
    std::map<std::string, blob> blobs_;
    std::map<std::string, bool> opened_; ///< referrers; true: the list calls it a signature
    unsigned pages_ = 0;
    std::uint64_t bytes_ = 0;
    bool has_seen_ = false;  ///< something was there: the credentials may read
    bool was_empty_ = false; ///< with the credentials before
    std::optional<policy::fact<candidates>> outcome_;
};

} // namespace gatehouse::server
