#include "server/commands/verify.h"

#include "policy/image_requirements.h"
#include "policy/image_wants.h"
#include "policy/text.h"
#include "server/clock.h"
#include "server/fetch_evidence.h"
#include "server/options.h"
#include "server/rule_files.h"
#include "server/standard_output.h"
#include "server/verify/key_rules.h"
#include "server/verify/options.h"
#include "server/verify/render.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::server {
namespace {

constexpr int failed = static_cast<int>(verify_status::other);

/// Every image, or nothing after each that is none has been told.
std::vector<policy::image_requirements> read_images(
    const verify_options& options,
    const policy::policy_set& policies
) {
    std::vector<policy::image_requirements> out;
    for (const std::string& text : options.images) {
        auto image = policy::read_image(text, policies.aliases());
        if (image) {
            out.emplace_back(std::move(image).value(), options.namespace_name, policies);
        } else {
            fmt::print(
                stderr,
                "gatehouse verify: {} is not a valid image reference: {}\n",
                policy::quoted(text),
                image.error().detail()
            );
        }
    }
    return out.size() == options.images.size() ? std::move(out)
                                               : std::vector<policy::image_requirements>();
}

/// The registries, for one run of the command: everything that it asks them shares its time.
class asked_registries {
  public:
    asked_registries(
        std::shared_ptr<const registry_state> registries,
        std::chrono::nanoseconds timeout,
        const clock& time
    )
        : registries_(std::move(registries)),
          time_(time),
          limits_{timeout, time.ticks() + timeout} {}

    [[nodiscard]] policy::evidence fetch(policy::image_wants wants) const {
        return fetch_evidence(registries_, wants.take(), limits_, time_, [](std::string_view what) {
            fmt::print(stderr, "gatehouse verify: {}\n", policy::printable(what));
        });
    }

  private:
    std::shared_ptr<const registry_state> registries_;
    const clock& time_;
    evidence_limits limits_;
};

/// The very image that was verified, wherever its tag points by now.
policy::reference pinned(const policy::reference& image, const policy::digest& to) {
    return policy::reference::parse(fmt::format("{}@{}", image.name(), to.text())).value();
}

/// Points into `known`.
std::vector<image_report> judge(
    const std::vector<policy::image_requirements>& images,
    const policy::evidence& known
) {
    std::vector<image_report> out;
    for (const policy::image_requirements& image : images) {
        image_report report{image.image().text(), nullptr, image.judge(known), {}};
        if (const policy::image_evidence* had = known.of(report.image)) {
            report.digest = std::get_if<policy::digest>(&had->resolved);
        }
        out.push_back(std::move(report));
    }
    return out;
}

/// Whom the images run as that are verified. It may take their layers, so it is asked last: nobody waits for
/// layers to hear that an image is not signed.
void add_identities(
    std::vector<image_report>& to,
    const std::vector<policy::image_requirements>& images,
    const asked_registries& from
) {
    const auto is_wanted = [](const image_report& one) {
        return one.digest != nullptr && status_of(one) == verify_status::verified;
    };
    policy::image_wants wants;
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (is_wanted(to[i])) {
            wants.add(pinned(images[i].image(), *to[i].digest), whole_identity());
        }
    }
    const policy::evidence known = from.fetch(std::move(wants));
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (is_wanted(to[i])) {
            to[i].identities = identities_of(pinned(images[i].image(), *to[i].digest), known);
        }
        for (shown_identity& one : to[i].identities) {
            one.image = to[i].image;
        }
    }
}

int print(const image_report& report, const verify_options& options) {
    const verify_text text = options.key_file.empty() ? render_by_policy(report, options.output)
                                                      : render_by_key(report, options.output);
    fmt::print(stderr, "{}", text.err);
    if (!write_to_stdout(text.out)) {
        fmt::print(stderr, "gatehouse verify: the results could not be written\n");
        return failed;
    }
    return static_cast<int>(status_of(report));
}

int run_verify(const verify_options& options, const environment& from, const clock& time) {
    const rule_paths paths{options.policies, options.configuration};
    loaded_rules rules = options.key_file.empty() ? load_rules(paths, key_reading::required)
                                                  : load_key_rules(options, from);
    for (const std::string& line : rules.errors) {
        fmt::print(stderr, "gatehouse verify: {}\n", line);
    }
    if (!rules.errors.empty()) {
        return failed;
    }
    const policy::policy_set policies(std::move(rules.policies), rules.aliases());
    const auto images = read_images(options, policies);
    if (images.empty()) {
        return failed;
    }
    const asked_registries registries(rules.registries, options.timeout, time);
    policy::image_wants wants;
    for (const policy::image_requirements& image : images) {
        for (const policy::image_want& one : image.wants()) {
            wants.add(one);
        }
    }
    const policy::evidence known = registries.fetch(std::move(wants));
    std::vector<image_report> reports = judge(images, known);
    add_identities(reports, images, registries);
    int status = static_cast<int>(verify_status::verified);
    for (const image_report& report : reports) {
        const int its = print(report, options);
        status = status == 0 ? its : status;
    }
    return status;
}

} // namespace

void add_verify(CLI::App& app, int& status) {
    const auto typed = std::make_shared<verify_flags>();
    CLI::App* command = app.add_subcommand("verify", "Verify that images are signed");
    declare_verify_flags(*command, *typed);
    // As cosign's, where a flag is wrong.
    command->preparse_callback([&status](std::size_t) { status = failed; });
    command->callback([typed, &status] {
        const parsed_verify_options parsed = parse_verify_options(*typed);
        for (const std::string& error : parsed.errors) {
            fmt::print(stderr, "gatehouse verify: {}\n", error);
        }
        status = parsed.errors.empty()
                     ? run_verify(parsed.options, process_environment(), machine_clock())
                     : failed;
    });
}

} // namespace gatehouse::server
