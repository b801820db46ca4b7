#pragma once
// A Kubernetes API server as far as Gatehouse sees one, over real TLS on loopback: named objects with
// resource versions, update, server-side apply, merge patch, watches with bookmarks and an end of history,
// bearer tokens, and whatever may go wrong. What real ones do is tested against real ones in tests/cluster.

#include "tests/support/scripted_server.h"
#include "tests/support/temp_dir.h"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

inline const std::string lease_path =
    "/apis/coordination.k8s.io/v1/namespaces/gatehouse-system/leases/gatehouse-leader";
inline const std::string configuration_path =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/gatehouse";
inline const std::string secret_path =
    "/api/v1/namespaces/gatehouse-system/secrets/gatehouse-certificates";

class fake_kube_api {
  public:
    using json = nlohmann::json;

    fake_kube_api();
    fake_kube_api(const fake_kube_api&) = delete;
    fake_kube_api& operator=(const fake_kube_api&) = delete;
    ~fake_kube_api();

    /// What a process needs to find it, as NAME=value.
    [[nodiscard]] std::vector<std::string> environment() const;

    /// Makes or replaces an object by its path, as somebody else would.
    void put(const std::string& path, json object);
    /// Changes an object that is there, as somebody else would.
    void edit(const std::string& path, const std::function<void(json&)>& how);
    void remove(const std::string& path);
    /// Null where there is none.
    [[nodiscard]] json at(const std::string& path) const;

    /// A new token in the file; the one of before is refused from now on.
    void rotate_token();
    /// Requests whose verb and path begin so ("PUT /apis/coordination") are answered with 403.
    void forbid(const std::string& what);
    void permit_all();
    /// Answers nothing at all while it is away: connections are closed.
    void go_away(bool is_away);
    /// Watches say nothing from now on and do not end, as behind a peer that has gone without a word.
    void stall_watches();
    /// Returns when a watch has told the newest change of anything, or when this ends.
    void wait_until_told();
    /// Ends every watch in the middle of what it says.
    void cut_watches();
    /// Watches from before now are answered with 410.
    void forget_history();
    /// Before the next write of that path is looked at, somebody else changes the object so: a conflict.
    void meddle(const std::string& path, std::function<void(json&)> how);
    /// Called between an answer's making and its way to the client, with "PATCH /apis/...": what happens in it is
    /// newer than the answer.
    void before_answer(std::function<void(const std::string& request)> look);
    /// A line for one watch, whatever it is.
    void say_in_a_watch(const std::string& line);
    /// Called for each object that is written by a client, before it is in force. It may be changed: as by an API
    /// server that does not keep what it is told.
    void before_write(std::function<void(const std::string& path, json& object)> look);

    /// "GET /api/v1/...", in order; watches as "WATCH".
    [[nodiscard]] std::vector<std::string> requests() const;
    [[nodiscard]] std::size_t count(const std::string& beginning) const;

  private:
    struct change {
        std::uint64_t version;
        std::string type;
        std::string path;
        json object;
    };
    struct parsed_request;

    bool answer(const std::string& request, scripted_server::peer& with);
    bool watch(const parsed_request& request, scripted_server::peer& with);
    [[nodiscard]] std::string answer_to(const parsed_request& request);
    [[nodiscard]] std::string write(const parsed_request& request);
    [[nodiscard]] json applied(const json& before, const json& patch) const;
    void store(const std::string& path, json object, const std::string& type);

    temp_dir files_;
    std::string ca_;
    mutable std::mutex lock_;
    std::condition_variable changed_;
    std::map<std::string, json> objects_;
    std::deque<change> history_;
    std::uint64_t version_ = 1000;
    std::uint64_t oldest_ = 0;
    std::uint64_t told_ = 0; ///< by watches
    std::uint64_t uids_ = 0;
    int token_ = 1;
    std::set<std::string> forbidden_;
    std::map<std::string, std::function<void(json&)>> meddling_;
    bool is_away_ = false;
    bool are_watches_stalled_ = false;
    bool is_ending_ = false;
    std::uint64_t cuts_ = 0;
    std::vector<std::string> requests_;
    std::function<void(const std::string&, json&)> look_;
    std::function<void(const std::string&)> before_answer_;
    std::string said_;
    std::unique_ptr<scripted_server> server_;
};

} // namespace gatehouse::testing_support
