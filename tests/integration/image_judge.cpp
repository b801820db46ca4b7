#include "tests/integration/image_judge.h"

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/support/demo_keys.h"
#include "tests/support/review_builder.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::testing_support {

std::string signed_policy(const std::vector<wanted_signature>& wanted, const std::string& more) {
    std::string text = "apiVersion: gatehouse.dev/v1alpha1\n"
                       "kind: AdmissionPolicy\n"
                       "metadata: {name: signed}\n"
                       "spec:\n"
                       + more + "  signatures:\n";
    int number = 0;
    for (const wanted_signature& one : wanted) {
        ++number;
        text += fmt::format(
            "  - name: release-{}\n"
            "    images: [\"{}\"]\n"
            "    tags: {}\n"
            "    authorities: [{{name: ci, keys: [{{data: {}}}]}}]\n",
            number,
            one.images,
            one.tags,
            in_quotes(one.pem.empty() ? fixture_key_pem(one.key) : one.pem)
        );
    }
    return text;
}

std::string configuration_of(const std::vector<std::string>& registries, const std::string& more) {
    return fmt::format(
        "apiVersion: gatehouse.dev/v1alpha1\n"
        "kind: ServerConfiguration\n"
        "registries: [{}]\n"
        "{}",
        fmt::join(registries, ", "),
        more
    );
}

image_judge::image_judge(const std::string& policy, const std::string& configuration)
    : server_(
        {"--config", files_.write("config.yaml", configuration), "--log-level", "debug"},
        policy
    ) {}

json image_judge::judge_all(const std::vector<std::string>& images, const std::string& timeout) {
    json pod = good_pod();
    json& containers = pod["spec"]["containers"];
    containers.clear();
    for (const std::string& image : images) {
        const std::string number = containers.empty() ? "" : std::to_string(containers.size());
        containers.push_back({{"name", "app" + number}, {"image", image}});
    }
    const std::string review = review_of(std::move(pod));
    const http_response answer =
        ask(server_.port(), http_request{.target = "/validate?timeout=" + timeout, .body = review});
    told_ += answer.body;
    return response_in(answer, review);
}

std::string image_judge::denial(const std::string& image, const std::string& timeout) {
    return message_of(judge(image, timeout));
}

void image_judge::expect_untold(const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
        EXPECT_THAT(told_, testing::Not(testing::HasSubstr(secret)));
        EXPECT_THAT(server_.process().log(), testing::Not(testing::HasSubstr(secret)));
        EXPECT_THAT(
            get_ops(server_.ops_port(), "/metrics").body, testing::Not(testing::HasSubstr(secret))
        );
    }
}

double image_judge::metric(const std::string& series) {
    return testing_support::metric(server_.ops_port(), series);
}

std::string by_digest(const std::string& host, const std::string& repository) {
    return fmt::format("{}/{}@{}", host, repository, fixture_image(repository).text());
}

} // namespace gatehouse::testing_support
