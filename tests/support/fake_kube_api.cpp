#include "tests/support/fake_kube_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace gatehouse::testing_support {
namespace {

using json = nlohmann::json;

std::string status_answer(int code, const std::string& reason, const std::string& message) {
    const json status{
        {"kind", "Status"},
        {"apiVersion", "v1"},
        {"status", "Failure"},
        {"reason", reason},
        {"message", message},
        {"code", code}};
    return http_answer(fmt::format("{} {}", code, reason), status.dump());
}

std::string chunk(const std::string& text) {
    return fmt::format("{:x}\r\n{}\r\n", text.size(), text);
}

std::string parameter(const std::string& query, const std::string& name) {
    const std::string all = "&" + query;
    const std::size_t at = all.find("&" + name + "=");
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t begin = at + name.size() + 2;
    return all.substr(begin, all.find('&', begin) - begin);
}

std::string header(const std::string& request, const std::string& name) {
    const std::size_t at = request.find("\r\n" + name + ": ");
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t begin = at + name.size() + 4;
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

} // namespace

struct fake_kube_api::parsed_request {
    std::string method;
    std::string path;
    std::string query;
    std::string authorization;
    std::string content_type;
    std::string body;

    explicit parsed_request(const std::string& text) {
        const std::size_t space = text.find(' ');
        method = text.substr(0, space);
        const std::string target = text.substr(space + 1, text.find(' ', space + 1) - space - 1);
        path = target.substr(0, target.find('?'));
        query = target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1);
        authorization = header(text, "Authorization");
        content_type = header(text, "Content-Type");
        body = text.substr(text.find("\r\n\r\n") + 4);
        if (parameter(query, "watch") == "true") {
            method = "WATCH";
            const std::string wanted = "metadata.name%3D";
            path += "/" + parameter(query, "fieldSelector").substr(wanted.size());
        }
    }
};

fake_kube_api::fake_kube_api() {
    const test_pair authority = make_authority("cluster CA");
    const test_pair leaf = make_leaf(authority, std::chrono::system_clock::now());
    ca_ = files_.write("ca.crt", authority.certificate);
    static_cast<void>(files_.write("token", "token-1\n"));
    server_ = std::make_unique<scripted_server>(
        scripted_server::conversation([this](
                                          const std::string& request, scripted_server::peer& with
                                      ) { return answer(request, with); }),
        transport::tls,
        leaf
    );
}

fake_kube_api::~fake_kube_api() {
    {
        const std::lock_guard hold(lock_);
        is_ending_ = true;
    }
    changed_.notify_all();
    server_.reset();
}

std::vector<std::string> fake_kube_api::environment() const {
    return {
        fmt::format("GATEHOUSE_KUBE_API=https://127.0.0.1:{}", server_->port()),
        "GATEHOUSE_KUBE_TOKEN_FILE=" + files_ / "token",
        "GATEHOUSE_KUBE_CA_FILE=" + ca_};
}

/// With the lock held.
void fake_kube_api::store(const std::string& path, json object, const std::string& type) {
    object["metadata"]["resourceVersion"] = std::to_string(++version_);
    if (!object["metadata"].contains("uid")) {
        object["metadata"]["uid"] = fmt::format("uid-{}", ++uids_);
    }
    history_.push_back({version_, type, path, object});
    if (type == "DELETED") {
        objects_.erase(path);
    } else {
        objects_[path] = std::move(object);
    }
    changed_.notify_all();
}

void fake_kube_api::put(const std::string& path, json object) {
    const std::lock_guard hold(lock_);
    object["metadata"]["name"] = path.substr(path.rfind('/') + 1);
    store(path, std::move(object), objects_.contains(path) ? "MODIFIED" : "ADDED");
}

void fake_kube_api::edit(const std::string& path, const std::function<void(json&)>& how) {
    const std::lock_guard hold(lock_);
    json object = objects_.at(path);
    how(object);
    store(path, std::move(object), "MODIFIED");
}

void fake_kube_api::remove(const std::string& path) {
    const std::lock_guard hold(lock_);
    json object = objects_.at(path);
    store(path, std::move(object), "DELETED");
}

json fake_kube_api::at(const std::string& path) const {
    const std::lock_guard hold(lock_);
    const auto found = objects_.find(path);
    return found == objects_.end() ? json() : found->second;
}

void fake_kube_api::rotate_token() {
    const std::lock_guard hold(lock_);
    ++token_;
    static_cast<void>(files_.replace("token", fmt::format("token-{}\n", token_)));
}

void fake_kube_api::forbid(const std::string& what) {
    const std::lock_guard hold(lock_);
    forbidden_.insert(what);
}

void fake_kube_api::permit_all() {
    const std::lock_guard hold(lock_);
    forbidden_.clear();
}

void fake_kube_api::go_away(bool is_away) {
    const std::lock_guard hold(lock_);
    is_away_ = is_away;
    ++cuts_;
    changed_.notify_all();
}

void fake_kube_api::stall_watches() {
    const std::lock_guard hold(lock_);
    are_watches_stalled_ = true;
}

void fake_kube_api::wait_until_told() {
    std::unique_lock hold(lock_);
    changed_.wait(hold, [this] { return is_ending_ || told_ >= version_; });
}

void fake_kube_api::cut_watches() {
    const std::lock_guard hold(lock_);
    ++cuts_;
    changed_.notify_all();
}

void fake_kube_api::forget_history() {
    const std::lock_guard hold(lock_);
    history_.clear();
    oldest_ = ++version_;
}

void fake_kube_api::meddle(const std::string& path, std::function<void(json&)> how) {
    const std::lock_guard hold(lock_);
    meddling_[path] = std::move(how);
}

void fake_kube_api::before_answer(std::function<void(const std::string&)> look) {
    const std::lock_guard hold(lock_);
    before_answer_ = std::move(look);
}

void fake_kube_api::say_in_a_watch(const std::string& line) {
    const std::lock_guard hold(lock_);
    said_ = line + "\n";
    changed_.notify_all();
}

void fake_kube_api::before_write(std::function<void(const std::string&, json&)> look) {
    const std::lock_guard hold(lock_);
    look_ = std::move(look);
}

std::vector<std::string> fake_kube_api::requests() const {
    const std::lock_guard hold(lock_);
    return requests_;
}

std::size_t fake_kube_api::count(const std::string& beginning) const {
    const auto all = requests();
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const std::string& one) {
        return one.starts_with(beginning);
    }));
}

bool fake_kube_api::answer(const std::string& text, scripted_server::peer& with) {
    const parsed_request request(text);
    const std::string shown = request.method + " " + request.path;
    std::string refusal;
    bool is_stalled = false;
    {
        const std::lock_guard hold(lock_);
        if (is_away_) {
            return false;
        }
        requests_.push_back(shown);
        is_stalled = are_watches_stalled_;
        const bool is_forbidden = std::ranges::any_of(forbidden_, [&](const std::string& one) {
            return shown.starts_with(one);
        });
        if (request.authorization != fmt::format("Bearer token-{}", token_)) {
            refusal = status_answer(401, "Unauthorized", "Unauthorized");
        } else if (is_forbidden) {
            refusal = status_answer(
                403, "Forbidden", fmt::format("{} is forbidden: the role lacks it", request.path)
            );
        }
    }
    if (!refusal.empty()) {
        return with.write(refusal);
    }
    if (request.method == "WATCH") {
        return is_stalled ? !with.leaves_within(std::chrono::minutes(1)) : watch(request, with);
    }
    const std::string made = answer_to(request);
    std::function<void(const std::string&)> look;
    {
        const std::lock_guard hold(lock_);
        look = before_answer_;
    }
    if (look) {
        look(shown);
    }
    return with.write(made);
}

std::string fake_kube_api::answer_to(const parsed_request& request) {
    const std::lock_guard hold(lock_);
    if (request.method != "GET") {
        return write(request);
    }
    const auto found = objects_.find(request.path);
    return found == objects_.end() ? status_answer(404, "NotFound", request.path + " not found")
                                   : http_answer("200 OK", found->second.dump());
}

/// What a server-side apply with force makes of an object: the applied fields of its own webhooks, the fields
/// and the webhooks that others put there, and no webhook that it applied before and applies no more.
json fake_kube_api::applied(const json& before, const json& patch) const {
    json out = before;
    json webhooks = json::array();
    const json owned = before.value("owned", json::array());
    for (const json& one : patch.at("webhooks")) {
        json merged = one;
        for (const json& known : before.value("webhooks", json::array())) {
            if (known.at("name") == one.at("name")) {
                merged = known;
                merged.update(one);
            }
        }
        webhooks.push_back(std::move(merged));
    }
    json names = json::array();
    for (const json& one : patch.at("webhooks")) {
        names.push_back(one.at("name"));
    }
    for (const json& known : before.value("webhooks", json::array())) {
        const auto has = [&](const json& list) {
            return std::ranges::find(list, known.at("name")) != list.end();
        };
        if (!has(names) && !has(owned)) {
            webhooks.push_back(known);
        }
    }
    out["webhooks"] = std::move(webhooks);
    out["owned"] = std::move(names);
    return out;
}

/// With the lock held.
std::string fake_kube_api::write(const parsed_request& request) {
    json sent = json::parse(request.body);
    const auto meddler = meddling_.extract(request.path);
    if (!meddler.empty()) {
        json other = objects_.at(request.path);
        meddler.mapped()(other);
        store(request.path, std::move(other), "MODIFIED");
    }
    const auto found = objects_.find(request.path);
    const bool is_lease = request.path.find("/leases/") != std::string::npos;
    const json metadata = sent.value("metadata", json::object());
    if (found == objects_.end()) {
        if (metadata.contains("uid") || metadata.contains("resourceVersion")) {
            return status_answer(409, "Conflict", "uid mismatch: no such object");
        }
        if (request.method != "PUT" || !is_lease) {
            return status_answer(404, "NotFound", request.path + " not found");
        }
        store(request.path, std::move(sent), "ADDED");
        return http_answer("201 Created", objects_.at(request.path).dump());
    }
    const json& known = found->second["metadata"];
    for (const char* field : {"uid", "resourceVersion"}) {
        if (metadata.contains(field) && metadata[field] != known[field]) {
            return status_answer(409, "Conflict", "the object has been modified");
        }
    }
    json next = sent;
    if (request.content_type == "application/apply-patch+yaml") {
        next = applied(found->second, sent);
    } else if (request.content_type == "application/merge-patch+json") {
        next = found->second;
        next.merge_patch(sent);
    } else {
        next["metadata"]["uid"] = known["uid"];
    }
    if (look_) {
        look_(request.path, next);
    }
    const json same = found->second;
    json compared = next;
    compared["metadata"]["resourceVersion"] = same["metadata"]["resourceVersion"];
    if (compared != same) {
        store(request.path, std::move(next), "MODIFIED");
    }
    return http_answer("200 OK", objects_.at(request.path).dump());
}

bool fake_kube_api::watch(const parsed_request& request, scripted_server::peer& with) {
    using namespace std::chrono_literals;
    std::unique_lock hold(lock_);
    const std::uint64_t cuts = cuts_;
    const std::string from = parameter(request.query, "resourceVersion");
    std::uint64_t seen = from.empty() ? version_ : std::stoull(from);
    std::string pending;
    if (from.empty() && objects_.contains(request.path)) {
        pending = json{{"type", "ADDED"}, {"object", objects_.at(request.path)}}.dump() + "\n";
    } else if (!from.empty() && seen < oldest_) {
        const json expired{
            {"kind", "Status"}, {"code", 410}, {"message", "too old resource version"}};
        pending = json{{"type", "ERROR"}, {"object", expired}}.dump() + "\n";
    }
    hold.unlock();
    if (!with.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n")) {
        return false;
    }
    const auto end = std::chrono::steady_clock::now()
                     + std::chrono::seconds(std::stoi(parameter(request.query, "timeoutSeconds")));
    auto last_said = std::chrono::steady_clock::now();
    for (;;) {
        if (!pending.empty()) {
            // In two pieces, as networks do.
            const std::string whole = chunk(pending);
            if (!with.write(whole.substr(0, 7)) || !with.write(whole.substr(7))) {
                return false;
            }
            pending.clear();
            {
                const std::lock_guard told(lock_);
                told_ = std::max(told_, seen);
            }
            changed_.notify_all();
            last_said = std::chrono::steady_clock::now();
        }
        hold.lock();
        changed_.wait_for(hold, 100ms, [&] {
            return is_ending_ || cuts_ != cuts || version_ > seen || !said_.empty();
        });
        if (is_ending_ || cuts_ != cuts) {
            return false;
        }
        for (const change& one : history_) {
            if (one.version > seen && one.path == request.path) {
                pending += json{{"type", one.type}, {"object", one.object}}.dump() + "\n";
            }
        }
        seen = version_;
        pending += std::exchange(said_, {});
        const auto now = std::chrono::steady_clock::now();
        if (pending.empty() && now - last_said > 500ms) {
            const json object{{"metadata", {{"resourceVersion", std::to_string(seen)}}}};
            pending = json{{"type", "BOOKMARK"}, {"object", object}}.dump() + "\n";
        }
        hold.unlock();
        if (now >= end) {
            return with.write(chunk(""));
        }
        if (with.leaves_within(0ms)) {
            return false;
        }
    }
}

} // namespace gatehouse::testing_support
