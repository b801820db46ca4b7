#include "server/signature_directory.h"

#include "tests/support/fake_evidence_store.h"
#include "tests/support/temp_dir.h"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using policy::fetch_failure;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::fake_evidence_store;
using testing_support::temp_dir;

using list = std::vector<policy::signature_candidate>;
using answer = policy::fact<list>;

const policy::digest image = policy::digest::of("one");
const std::string place = "sha256/" + std::string(image.hex());

class SignatureDirectory : public testing::Test {
  protected:
    [[nodiscard]] answer read() const { return read_signatures(dir.path().string(), image); }
    [[nodiscard]] std::string failure() const { return std::get<fetch_failure>(read()).detail; }

    temp_dir dir;
};

TEST_F(SignatureDirectory, IsEmptyWhereNothingIsAboutTheImage) {
    EXPECT_THAT(std::get<list>(read()), IsEmpty());
    EXPECT_THAT(std::get<list>(read_signatures("/no/such/place", image)), IsEmpty());
}

TEST_F(SignatureDirectory, HoldsBundlesInTheOrderOfTheirNames) {
    dir.write(place + "/b.json", "second");
    dir.write(place + "/a.json", "first");
    dir.write(place + "/.hidden.json", "no");
    dir.write(place + "/readme.txt", "no");
    dir.write("sha256/other/c.json", "no");
    const answer got = read();
    const auto& found = std::get<list>(got);
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].content, "first");
    EXPECT_EQ(found[0].where, "file a.json");
    EXPECT_EQ(found[0].store, policy::signature_store::directory);
    EXPECT_EQ(found[0].format, policy::signature_format::bundle);
    EXPECT_EQ(found[1].content, "second");
}

TEST_F(SignatureDirectory, TakesEachAlgorithmFromItsOwnFolder) {
    const auto longer = policy::digest::of("one", policy::digest_algorithm::sha512);
    dir.write("sha512/" + std::string(longer.hex()) + "/a.json", "first");
    EXPECT_THAT(std::get<list>(read_signatures(dir.path().string(), longer)), SizeIs(1));
}

TEST_F(SignatureDirectory, FailsWhereAFileIsTooLarge) {
    dir.write(place + "/a.json", std::string(most_signature_file_bytes + 1, ' '));
    EXPECT_EQ(
        failure(),
        dir / (place + "/a.json could not be read: the file is larger than 1048576 bytes")
    );
}

TEST_F(SignatureDirectory, FailsWhereThereAreTooManyFiles) {
    for (std::size_t i = 0; i <= most_signature_files; ++i) {
        dir.write(place + "/" + std::to_string(i) + ".json", "{}");
    }
    EXPECT_EQ(failure(), dir / (place + " could not be read: there are more than 64 files"));
}

TEST_F(SignatureDirectory, FailsWhereAFileIsNone) {
    std::filesystem::create_directories(dir / (place + "/a.json"));
    EXPECT_EQ(failure(), dir / (place + "/a.json could not be read: this is not a regular file"));
}

TEST_F(SignatureDirectory, FailsWhereALinkLeadsNowhere) {
    dir.write(place + "/b.json", "{}");
    std::filesystem::create_symlink("/no/such/file", dir / (place + "/a.json"));
    EXPECT_EQ(failure(), dir / (place + "/a.json could not be read: No such file or directory"));
}

/// A store over an empty registry.
class SignatureDirectoryStore : public SignatureDirectory {
  protected:
    answer ask() {
        std::optional<answer> got;
        asio::co_spawn(
            runs,
            store.candidates("reg.example/app", image, tick_time::max()),
            [&got](const std::exception_ptr& fault, answer what) {
                EXPECT_FALSE(fault);
                got = std::move(what);
            }
        );
        runs.run_for(5s);
        return got.value();
    }
    void registry_has(answer what) {
        registry->signatures.insert_or_assign("reg.example/app@" + image.text(), std::move(what));
    }

    loop runs{1};
    cpu_pool files{runs, 1};
    std::shared_ptr<fake_evidence_store> registry = std::make_shared<fake_evidence_store>(runs);
    signature_directory store{registry, dir.path().string(), files};
};

TEST_F(SignatureDirectoryStore, AddsToWhatTheRegistryHolds) {
    dir.write(place + "/a.json", "{}");
    registry_has(list(2));
    EXPECT_THAT(std::get<list>(ask()), SizeIs(3));
}

TEST_F(SignatureDirectoryStore, DoesNotSpeakForARegistryThatFailed) {
    dir.write(place + "/a.json", "{}");
    registry_has(fetch_failure{policy::failure_cause::dns, "no such name", false});
    EXPECT_EQ(std::get<fetch_failure>(ask()).cause, policy::failure_cause::dns);
}

TEST_F(SignatureDirectoryStore, IsNotWholeWhereAFileCannotBeRead) {
    std::filesystem::create_directories(dir / (place + "/a.json"));
    registry_has(list(1));
    EXPECT_EQ(std::get<fetch_failure>(ask()).cause, policy::failure_cause::malformed);
}

} // namespace
} // namespace gatehouse::server
