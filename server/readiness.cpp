#include "server/readiness.h"

#include "policy/text.h"
#include "server/time_text.h"

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

constexpr std::size_t most_told_errors = 10;

} // namespace

void readiness::note(const load_report& report) {
    if (report.made) {
        current_ = report.made;
        if (current_->tls) {
            tls_ = current_->tls;
        }
    }
    policy_failure_ = {time_.now(), report.policy_errors};
    certificate_failure_ = {time_.now(), report.certificate_errors};
}

void readiness::use_certificate(std::shared_ptr<const tls_context> tls, std::string trouble) {
    tls_ = std::move(tls);
    certificate_trouble_ = std::move(trouble);
}

/// A line for the failure and one for each error; empty where there is none.
std::string readiness::text_of(const failure& what) {
    if (what.errors.empty()) {
        return {};
    }
    std::string text = fmt::format("\nthe last reload failed at {}:", utc_text(what.when));
    for (std::size_t i = 0; i < what.errors.size() && i < most_told_errors; ++i) {
        text += "\n" + policy::printable(what.errors[i], 1024);
    }
    if (what.errors.size() > most_told_errors) {
        text += fmt::format("\nand {} more", what.errors.size() - most_told_errors);
    }
    return text;
}

health_check readiness::policies() const {
    if (!current_) {
        return {"policies", false, "none loaded" + text_of(policy_failure_)};
    }
    return {
        "policies",
        true,
        fmt::format(
            "{} in force since {}{}",
            current_->policies->all().size(),
            utc_text(current_->loaded),
            text_of(policy_failure_)
        )};
}

health_check readiness::certificate() const {
    std::string failed = text_of(certificate_failure_);
    if (!certificate_trouble_.empty()) {
        failed += "\n" + policy::printable(certificate_trouble_, 1024);
    }
    if (!tls_) {
        return {"certificate", false, "none loaded" + failed};
    }
    const tls_context& tls = *tls_;
    const wall_time now = time_.now();
    if (now >= tls.not_after()) {
        return {
            "certificate", false, fmt::format("ended at {}{}", utc_text(tls.not_after()), failed)};
    }
    if (now < tls.not_before()) {
        return {
            "certificate",
            false,
            fmt::format("not valid before {}{}", utc_text(tls.not_before()), failed)};
    }
    return {
        "certificate", true, fmt::format("valid until {}{}", utc_text(tls.not_after()), failed)};
}

std::vector<health_check> readiness::checks() const {
    return {
        policies(),
        certificate(),
        {"stopping",
         !is_draining_,
         is_draining_ ? "told to stop, connections are being drained" : ""}};
}

} // namespace gatehouse::server
