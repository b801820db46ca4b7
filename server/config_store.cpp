#include "server/config_store.h"

#include "policy/text.h"
#include "server/certificates/pem.h"
#include "server/policy_files.h"
#include "server/registration/rendered.h"
#include "server/rule_files.h"
#include "server/self_signed.h"
#include "server/time_text.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

constexpr std::size_t most_pem_bytes = std::size_t{1024} * 1024;
constexpr std::size_t most_registration_bytes = std::size_t{1024} * 1024;

/// The file as PEM text; an error is noted and gives an empty text.
pem_text read_pem(const std::string& path, std::vector<std::string>& errors) {
    pem_text file{policy::printable(path), {}};
    auto text = read_text_file(path, most_pem_bytes);
    if (text) {
        file.text = std::move(text).value();
    } else {
        errors.push_back(fmt::format("{}: {}", file.name, text.error().detail()));
    }
    return file;
}

/// An error is noted and gives null.
std::shared_ptr<const rendered_registration> read_registration(
    const std::string& path,
    std::vector<std::string>& errors
) {
    const auto text = read_text_file(path, most_registration_bytes);
    if (!text) {
        errors.push_back(fmt::format("{}: {}", policy::printable(path), text.error().detail()));
        return nullptr;
    }
    auto parsed = parse_registration(text.value());
    if (!parsed) {
        errors.push_back(fmt::format("{}: {}", policy::printable(path), parsed.error().detail()));
        return nullptr;
    }
    return std::make_shared<const rendered_registration>(std::move(parsed).value());
}

/// An empty text has been told already.
void note_bad_certificates(const pem_text& file, std::vector<std::string>& errors) {
    if (file.text.empty()) {
        return;
    }
    const auto read = read_certificates(file);
    if (!read) {
        errors.push_back(read.error().detail());
    }
}

} // namespace

/// Everything that is read.
struct config_store::raw_config {
    loaded_rules rules;
    std::optional<tls_material> tls; ///< absent = self-signed
    std::optional<pem_text> client_ca;
    std::optional<pem_text> ca_bundle;
    std::shared_ptr<const rendered_registration> registration;
    std::vector<std::string> certificate_errors;
    std::vector<std::string> paths;
};

config_store::config_store(config_paths paths, const clock& time)
    : paths_(std::move(paths)), time_(time) {}

config_store::raw_config config_store::read_files() const {
    raw_config raw;
    raw.rules = load_rules({paths_.policies, paths_.configuration}, key_reading::required);
    raw.paths = raw.rules.paths;
    std::vector<std::string>& errors = raw.certificate_errors;
    if (paths_.tls) {
        raw.tls.emplace();
        raw.tls->certificate = read_pem(paths_.tls->certificate, errors);
        raw.tls->key = read_pem(paths_.tls->key, errors);
        raw.paths.push_back(paths_.tls->certificate);
        raw.paths.push_back(paths_.tls->key);
    }
    if (!paths_.client_ca.empty()) {
        raw.client_ca = read_pem(paths_.client_ca, errors);
        raw.paths.push_back(paths_.client_ca);
        if (paths_.has_own_certificates) {
            note_bad_certificates(*raw.client_ca, errors);
        }
    }
    if (!paths_.ca_bundle.empty()) {
        raw.ca_bundle = read_pem(paths_.ca_bundle, errors);
        raw.paths.push_back(paths_.ca_bundle);
        note_bad_certificates(*raw.ca_bundle, errors);
    }
    if (!paths_.registration.empty()) {
        raw.registration = read_registration(paths_.registration, errors);
        raw.paths.push_back(paths_.registration);
    }
    return raw;
}

/// Reads until nothing changed between a look before and one behind. Which files there are is known
/// after reading only, so files that are new are read once more.
config_store::raw_config config_store::read_at_rest() {
    raw_config raw;
    loaded_.reset();
    for (int attempt = 0; attempt < 3 && !loaded_; ++attempt) {
        file_fingerprint before = fingerprint_of(watched_);
        raw = read_files();
        if (raw.paths == watched_ && fingerprint_of(watched_) == before) {
            loaded_ = std::move(before);
        }
        watched_ = raw.paths;
    }
    return raw;
}

std::shared_ptr<const tls_context> config_store::build_tls(raw_config& from) {
    std::vector<std::string>& errors = from.certificate_errors;
    if (!errors.empty()) {
        return nullptr;
    }
    if (!from.tls) {
        if (!self_signed_) {
            self_signed_ = make_self_signed(time_.now());
        }
        from.tls = self_signed_;
    }
    from.tls->client_ca = std::move(from.client_ca);
    made_tls_context made = make_tls_context(*from.tls);
    errors = std::move(made.errors);
    // At start such a pair is better than none: readiness tells, and its successor is waited for.
    if (made.context && current_ && made.context->not_after() <= time_.now()) {
        errors.push_back(fmt::format(
            "{}: the certificate ended at {}",
            from.tls->certificate.name,
            utc_text(made.context->not_after())
        ));
    }
    return errors.empty() ? made.context : nullptr;
}

load_report config_store::build(raw_config from) {
    load_report report;
    auto next = std::make_shared<config_snapshot>();
    next->loaded = time_.now();
    loaded_rules& rules = from.rules;
    if (rules.errors.empty()) {
        auto aliases = rules.aliases();
        next->policies = std::make_shared<const policy::policy_set>(
            std::move(rules.policies), std::move(aliases)
        );
    }
    next->registries = std::move(rules.registries);
    next->registration = std::move(from.registration);
    if (from.ca_bundle) {
        next->ca_bundle = std::move(from.ca_bundle->text);
    }
    if (paths_.has_own_certificates) {
        next->client_ca = std::move(from.client_ca);
    } else {
        next->tls = build_tls(from);
    }
    report.policy_errors = std::move(rules.errors);
    report.warnings = std::move(rules.warnings);
    report.certificate_errors = std::move(from.certificate_errors);
    if (report.policy_errors.empty() && report.certificate_errors.empty()) {
        report.made = std::move(next);
    }
    return report;
}

load_report config_store::load() {
    load_report report = build(read_at_rest());
    seen_ = loaded_ ? *loaded_ : fingerprint_of(watched_);
    changed_first_.reset();
    changed_last_ = time_.ticks();
    if (report.made) {
        current_ = report.made;
    }
    return report;
}

std::optional<load_report> config_store::poll() {
    const tick_time now = time_.ticks();
    file_fingerprint found = fingerprint_of(watched_);
    if (found != seen_) {
        seen_ = std::move(found);
        changed_last_ = now;
        changed_first_ = changed_first_.value_or(now);
    }
    if (seen_ == loaded_) {
        changed_first_.reset();
        return std::nullopt;
    }
    const bool is_settled = now - changed_last_ >= settling;
    const bool is_overdue = changed_first_ && now - *changed_first_ >= patience;
    if (!is_settled && !is_overdue) {
        return std::nullopt;
    }
    return load();
}

} // namespace gatehouse::server
