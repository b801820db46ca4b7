#pragma once
// `gatehouse verify --key` against a registry on a socket that holds images signed by cosign 2.6 and 3.1. What its
// tests share.

#include "tests/support/fixture_registry.h"
#include "tests/support/run_command.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::testing_support {

class verify_fixture : public testing::Test {
  protected:
    /// `gatehouse verify --key KEY --config CONFIG ARGUMENTS`.
    finished_command verify(
        const std::string& key,
        std::vector<std::string> arguments,
        const std::string& configuration
    ) {
        const std::string key_file = files.write(key + ".pub", fixture_key_pem(key));
        const std::string config = files.write("config.yaml", configuration);
        arguments.insert(arguments.begin(), {"verify", "--key", key_file, "--config", config});
        return run_command(arguments);
    }
    finished_command verify(const std::string& key, const std::vector<std::string>& arguments) {
        return verify(key, arguments, registry.configuration());
    }
    /// "127.0.0.1:5000/team/NAME:1.0".
    [[nodiscard]] std::string tagged(const std::string& name) const {
        return fmt::format("{}/team/{}:1.0", registry.host(), name);
    }
    [[nodiscard]] static std::string digest_of(const std::string& name) {
        return fixture_image("team/" + name).text();
    }

    temp_dir files;
    fixture_registry registry;
};

} // namespace gatehouse::testing_support
