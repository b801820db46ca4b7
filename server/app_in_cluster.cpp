// The part of app that is about being in a cluster: joining it, and serving the certificates that are kept there.

#include "server/app.h"
#include "server/time_text.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {

/// Where the options ask for it.
std::optional<start_failure> app::join_cluster() {
    if (!options_.lease) {
        return std::nullopt;
    }
    const environment variables = process_environment();
    auto found = find_api_server(variables);
    if (!found) {
        return start_failure{exit_status::misconfigured, {found.error().detail()}};
    }
    cluster_options how;
    how.api = std::move(found).value();
    how.lease = *options_.lease;
    how.identity = candidate_identity(variables);
    how.configuration = current_->registration->name;
    how.secret = options_.certificate_secret;
    how.rotation = options_.rotation;
    in_cluster::owner owner{
        .is_ready = [this] { return is_ready(); },
        .told_ready = [this] { return told_ready_; },
        .certificate_changed = [this] { serve_own_certificate(); },
        .certificate_refused = [this] { metrics_.count_certificate_load(load_result::error); },
    };
    cluster_ = std::make_unique<in_cluster>(
        loop_, facts_.pool(), time_, log_, std::move(how), std::move(owner)
    );
    cluster_->use(current_->registration, current_->ca_bundle);
    return std::nullopt;
}

/// What readiness looks at, with the certificate that does not come with a load.
std::vector<health_check> app::own_checks() {
    if (cluster_ && cluster_->certificates() != nullptr) {
        readiness_.use_certificate(serving_, cluster_->certificates()->trouble());
    }
    return readiness_.checks();
}

std::vector<health_check> app::checks() {
    std::vector<health_check> all = own_checks();
    const bool are_ok = std::ranges::all_of(all, [](const health_check& one) { return one.is_ok; });
    told_ready_ = are_ok ? std::optional(told_ready_.value_or(time_.ticks())) : std::nullopt;
    if (cluster_) {
        cluster_->add_checks(all);
    }
    return all;
}

bool app::is_ready() {
    const auto all = own_checks();
    return std::ranges::all_of(all, [](const health_check& one) { return one.is_ok; });
}

void app::serve_own_certificate() {
    const certificate_keeper* keeper = cluster_->certificates();
    const secret_contents* own = keeper == nullptr ? nullptr : keeper->in_force();
    if (own == nullptr) {
        return;
    }
    const std::string place = keeper->place().text();
    tls_material from{
        .certificate = {.name = place + ": tls.crt", .text = own->leaf},
        .key = {.name = place + ": tls.key", .text = own->leaf_key.reveal()},
        .client_ca = current_->client_ca,
    };
    made_tls_context made = make_tls_context(from);
    OPENSSL_cleanse(from.key.text.data(), from.key.text.size());
    if (!made.context) {
        metrics_.count_certificate_load(load_result::error);
        log_.write(log_level::error, "certificate_error", {{"error", made.errors.front()}});
        return;
    }
    serve(std::move(made.context));
    metrics_.count_certificate_load(
        keeper->is_refused() ? load_result::error : load_result::success
    );
    log_.write(
        log_level::info,
        "certificate_served",
        {{"from", place}, {"certificate_ends", utc_text(serving_->not_after())}}
    );
}

} // namespace gatehouse::server
