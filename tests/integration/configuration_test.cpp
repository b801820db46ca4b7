// serve --config: read as strictly as policies, one set with them, and what it changes.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/test_server.h"
#include "tests/support/eventually.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

using testing::HasSubstr;

std::string configuration(const std::string& rest) {
    return "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n" + rest;
}

const std::string with_alias = "registries: [{host: reg.example, aliases: [images.example]}]\n";

bool allows_alias(std::uint16_t port) {
    json pod = good_pod();
    pod["spec"]["containers"][0]["image"] = "images.example/app:1";
    return verdict_on(port, review_of(pod)).at("allowed").get<bool>();
}

TEST(Configuration, ABadOneIsExitStatus2WithEveryError) {
    const temp_dir files;
    const std::string bad =
        files.write("config.yaml", configuration("registrys: []\ncache: {tagTTL: soon}\n"));
    const finished_command done = run_gatehouse(
        {"serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--config", bad}
    );
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr(bad + ":3:1: registrys: "));
    EXPECT_THAT(done.err, HasSubstr(bad + ":4:17: cache.tagTTL: "));
}

TEST(Configuration, AnAliasIsItsHost) {
    const temp_dir files;
    test_server server({"--config", files.write("config.yaml", configuration(with_alias))});
    EXPECT_TRUE(allows_alias(server.port()));
    static_cast<void>(files.replace("config.yaml", configuration("registries: []\n")));
    EXPECT_TRUE(eventually(std::chrono::seconds(5), [&] { return !allows_alias(server.port()); }));
}

TEST(Configuration, ABadOneKeepsTheLastGoodSetAndIsTold) {
    const temp_dir files;
    test_server server({"--config", files.write("config.yaml", configuration(with_alias))});
    const std::string bad = files.replace("config.yaml", configuration("registrys: []\n"));
    EXPECT_TRUE(eventually(std::chrono::seconds(5), [&] {
        return get_ops(server.ops_port(), "/readyz?verbose").body.find(bad + ":3:1: registrys: ")
               != std::string::npos;
    }));
    EXPECT_TRUE(allows_alias(server.port()));
}

} // namespace
} // namespace gatehouse::testing_support
