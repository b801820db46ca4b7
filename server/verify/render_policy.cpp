#include "policy/text.h"
#include "server/identity_json.h"
#include "server/verify/payload.h"
#include "server/verify/render.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace gatehouse::server {
namespace {

using json = nlohmann::ordered_json; // fields in the order of docs/verify.md
using policy::authority_standing;
using policy::requirement_answer;

std::size_t signed_by(const requirement_answer& one) {
    return static_cast<std::size_t>(std::ranges::count_if(
        one.signature.authorities,
        [](const authority_standing& of) { return !of.signatures.empty(); }
    ));
}

/// What is satisfied and still worth a word; empty where there is nothing.
std::string warning_of(const requirement_answer& one) {
    if (!one.is_satisfied()) {
        return {};
    }
    if (one.by_tag) {
        return one.by_tag->text;
    }
    return one.signature.found ? one.signature.found->text : std::string();
}

class policy_text {
  public:
    explicit policy_text(const image_report& report) {
        add("\nVerification for {}{} --\n",
            policy::one_line(report.image),
            report.digest == nullptr ? "" : fmt::format(" ({})", report.digest->text()));
        for (const requirement_answer& one : report.answers) {
            requirement(one);
        }
        if (report.answers.empty()) {
            out_ += "  no signatures entry of these policies selects it\n";
        }
        for (const shown_identity& one : report.identities) {
            add("  {}{}\n", head_of(one), line_of(one));
        }
    }

    std::string take() && { return std::move(out_); }

  private:
    void requirement(const requirement_answer& one) {
        add("  {}: {}\n", name_of(one), verdict(one));
        for (const authority_standing& of : one.signature.authorities) {
            authority(of);
        }
        const std::string warning = warning_of(one);
        if (!warning.empty()) {
            add("    warning: {}\n", warning);
        }
    }

    static std::string verdict(const requirement_answer& one) {
        if (!one.is_satisfied()) {
            return fmt::format("not satisfied: {}", problem_of(one));
        }
        if (one.entry == nullptr) {
            return "satisfied";
        }
        return policy::is_static(*one.entry) ? "satisfied, static: Pass"
                                             : fmt::format(
                                                 "satisfied, {} of {} needed",
                                                 policy::counted(signed_by(one), "signer"),
                                                 one.entry->threshold
                                             );
    }

    void authority(const authority_standing& of) {
        const std::string name = policy::plain_or_quoted(of.signer->name);
        if (of.signatures.empty() && of.objections.empty()) {
            add("    {}: has not signed it\n", name);
        }
        for (const policy::verified_signature* one : of.signatures) {
            add("    {}: signed it, {}\n", name, policy::printable(one->where));
        }
        for (const std::string& why : of.objections) {
            add("    {}: {}\n", name, why);
        }
    }

    template <class... Arguments>
    void add(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(out_), form, std::forward<Arguments>(arguments)...);
    }

    std::string out_;
};

json authority_json(const authority_standing& of, std::string_view image) {
    json out;
    out["name"] = of.signer->name;
    out["satisfied"] = !of.signatures.empty();
    out["signatures"] = json::array();
    for (const policy::verified_signature* one : of.signatures) {
        out["signatures"].push_back(payload_of(*one, image));
    }
    out["objections"] = of.objections;
    return out;
}

json requirement_json(const requirement_answer& one, std::string_view image) {
    json out;
    out["name"] = name_of(one);
    out["satisfied"] = one.is_satisfied();
    if (!one.is_satisfied()) {
        out["message"] = problem_of(one);
    }
    if (std::string warning = warning_of(one); !warning.empty()) {
        out["warning"] = std::move(warning);
    }
    out["authorities"] = json::array();
    for (const authority_standing& of : one.signature.authorities) {
        out["authorities"].push_back(authority_json(of, image));
    }
    return out;
}

json report_json(const image_report& report) {
    json out;
    out["image"] = report.image;
    out["digest"] = report.digest == nullptr ? json() : json(report.digest->text());
    out["verified"] = status_of(report) == verify_status::verified;
    out["requirements"] = json::array();
    for (const requirement_answer& one : report.answers) {
        out["requirements"].push_back(requirement_json(one, report.image));
    }
    if (!report.identities.empty()) {
        out["identities"] = json::array();
        for (const shown_identity& one : report.identities) {
            out["identities"].push_back(json_of(one));
        }
    }
    return out;
}

/// How it ended, where that is not well; the details are in the report.
std::string ending(const image_report& report) {
    const verify_status status = status_of(report);
    if (status == verify_status::verified) {
        return {};
    }
    const auto failed = std::ranges::find(report.answers, false, &requirement_answer::is_satisfied);
    const std::string image = policy::plain_or_quoted(report.image);
    if (failed == report.answers.end()) {
        return fmt::format(
            "gatehouse verify: image {} is selected by no signatures entry of these policies, so "
            "nothing was verified\n",
            image
        );
    }
    return fmt::format(
        "gatehouse verify: {}image {} does not satisfy {}\n",
        head_of(status),
        image,
        name_of(*failed)
    );
}

} // namespace

verify_text render_by_policy(const image_report& report, verify_output form) {
    std::string text = policy_text(report).take();
    switch (form) {
    case verify_output::text:
        return {std::move(text), ending(report)};
    case verify_output::json:
        break;
    }
    return {line_of(report_json(report)) + '\n', std::move(text) + ending(report)};
}

} // namespace gatehouse::server
