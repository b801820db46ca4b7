#include "server/manifest.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {
namespace {

std::string shown(const manifest_place& place) {
    const std::string document = std::to_string(place.document);
    return place.item ? document + "." + std::to_string(*place.item) : document;
}

/// One line an object ("document[.item] apiVersion kind json"), then one an error.
std::vector<std::string> read(std::string_view text) {
    const manifest all = read_manifest(text);
    std::vector<std::string> out;
    for (const manifest_object& one : all.objects) {
        out.push_back(
            shown(one.place) + " " + one.api_version + " " + one.kind + " "
            + std::string(one.json.data(), one.json.size())
        );
    }
    for (const manifest_error& one : all.errors) {
        const std::string at =
            one.at ? " at " + std::to_string(one.at->line) + ":" + std::to_string(one.at->column)
                   : "";
        out.push_back(shown(one.place) + " error" + at + ": " + one.message);
    }
    return out;
}

using lines = std::vector<std::string>;

TEST(Manifest, CountsDocumentsFromOne) {
    EXPECT_EQ(
        read("apiVersion: v1\nkind: Pod\n---\napiVersion: apps/v1\nkind: Deployment\n"),
        (lines{
            R"(1 v1 Pod {"apiVersion":"v1","kind":"Pod"})",
            R"(2 apps/v1 Deployment {"apiVersion":"apps/v1","kind":"Deployment"})",
        })
    );
}

TEST(Manifest, CountsEmptyDocumentsButReadsNothingFromThem) {
    EXPECT_EQ(
        read("# a chart's head\n---\n# nothing\n---\n~\n---\napiVersion: v1\nkind: Pod\n"),
        (lines{R"(3 v1 Pod {"apiVersion":"v1","kind":"Pod"})"})
    );
}

TEST(Manifest, IsEmptyForNoText) {
    EXPECT_EQ(read(""), lines{});
    EXPECT_EQ(read(" \n# nothing\n"), lines{});
}

TEST(Manifest, TellsNothingWrittenFromAnEmptyList) {
    EXPECT_TRUE(read_manifest("").is_empty);
    EXPECT_TRUE(read_manifest("# a\n---\n---\n~\n").is_empty);
    EXPECT_FALSE(read_manifest("apiVersion: v1\nkind: List\nitems: []").is_empty);
    EXPECT_FALSE(read_manifest("[").is_empty);
    EXPECT_FALSE(read_manifest("{}").is_empty);
}

TEST(Manifest, ReadsScalarsAsKubectlDoes) {
    EXPECT_EQ(
        read("apiVersion: v1\nkind: Pod\nspec: {hostNetwork: yes, uid: 010, s: 'yes'}"),
        (lines{
            R"(1 v1 Pod {"apiVersion":"v1","kind":"Pod","spec":{"hostNetwork":true,"uid":8,"s":"yes"}})",
        })
    );
}

TEST(Manifest, ReadsOtherDocumentsAroundABrokenOne) {
    EXPECT_EQ(
        read("apiVersion: v1\nkind: Pod\n---\nkind: [\n---\napiVersion: v1\nkind: Pod\nkind: Job\n"
             "---\napiVersion: v1\nkind: Secret\n"),
        (lines{
            R"(1 v1 Pod {"apiVersion":"v1","kind":"Pod"})",
            R"(4 v1 Secret {"apiVersion":"v1","kind":"Secret"})",
            "2 error at 5:1: not valid YAML: expected `,` or `]` here",
            R"(3 error at 8:1: the key "kind" stands twice)",
        })
    );
}

TEST(Manifest, TakesListsApart) {
    EXPECT_EQ(
        read(
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}\n- {apiVersion: v1, "
            "kind: Service}\n"
        ),
        (lines{
            R"(1.1 v1 Pod {"apiVersion":"v1","kind":"Pod"})",
            R"(1.2 v1 Service {"apiVersion":"v1","kind":"Service"})",
        })
    );
}

TEST(Manifest, KnowsTheKindOfATypedListsItems) {
    EXPECT_EQ(
        read(
            R"({"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [{"spec": {"n": 1.0}}]})"
        ),
        (lines{R"(1.1 apps/v1 Deployment {"spec":{"n":1.0}})"})
    );
}

TEST(Manifest, TakesAnEmptyListForNothing) {
    EXPECT_EQ(read("apiVersion: v1\nkind: List\nitems: []"), lines{});
    EXPECT_EQ(read("apiVersion: v1\nkind: List\nitems:"), lines{});
    EXPECT_EQ(read("apiVersion: v1\nkind: List"), lines{});
}

TEST(Manifest, TakesAKindThatOnlySoundsLikeAListForAnObject) {
    EXPECT_EQ(
        read("apiVersion: acme.example/v1\nkind: AllowList"),
        (lines{
            R"(1 acme.example/v1 AllowList {"apiVersion":"acme.example/v1","kind":"AllowList"})",
        })
    );
}

TEST(Manifest, TellsWhatIsWrongWithItems) {
    EXPECT_EQ(
        read("apiVersion: v1\nkind: List\nitems:\n- 1\n- {kind: Pod}\n- {apiVersion: v1, kind: "
             "List, "
             "items: []}\n- {}\n"),
        (lines{
            "1.1 error: a Kubernetes object is a mapping",
            "1.2 error: apiVersion is missing",
            "1.3 error: a list inside a list is not read",
            "1.4 error: kind is missing",
        })
    );
    EXPECT_EQ(
        read("apiVersion: v1\nkind: List\nitems: {a: 1}"),
        (lines{"1 error at 1:1: items must be a list"})
    );
}

TEST(Manifest, TellsWhatIsNoObject) {
    EXPECT_EQ(read("just text"), (lines{"1 error at 1:1: a Kubernetes object is a mapping"}));
    EXPECT_EQ(read("\n- 1"), (lines{"1 error at 2:1: a Kubernetes object is a mapping"}));
    EXPECT_EQ(read("[]"), (lines{"1 error at 1:1: a Kubernetes object is a mapping"}));
    EXPECT_EQ(read("\nkind: Pod"), (lines{"1 error at 2:1: apiVersion is missing"}));
    EXPECT_EQ(read("apiVersion: v1"), (lines{"1 error at 1:1: kind is missing"}));
    EXPECT_EQ(read("{\"kind\": 1}"), (lines{"1 error at 1:1: kind must be a string"}));
}

TEST(Manifest, ReadsJsonValuesOneBehindTheOther) {
    const std::string pod = R"({"apiVersion":"v1", "kind":"Pod", "x": "}\"{"})";
    EXPECT_EQ(
        read("\xef\xbb\xbf \n" + pod + pod + "\n---\n" + pod + "\n"),
        (lines{"1 v1 Pod " + pod, "2 v1 Pod " + pod, "3 v1 Pod " + pod})
    );
}

TEST(Manifest, KeepsTheBytesOfAJsonDocument) {
    const std::string review =
        R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1",  "n": 1e2})";
    EXPECT_EQ(read(review), (lines{"1 admission.k8s.io/v1 AdmissionReview " + review}));
}

TEST(Manifest, ReadsYamlBehindJson) {
    EXPECT_EQ(
        read("{\"apiVersion\": \"v1\",\n \"kind\": \"Pod\"}\n---\napiVersion: v1\nkind: "
             "yes\n---\na: [\n"),
        (lines{
            R"(1 v1 Pod {"apiVersion": "v1",)"
            "\n"
            R"( "kind": "Pod"})",
            "2 error at 4:1: kind must be a string",
            "3 error at 8:1: not valid YAML: expected `,` or `]` here",
        })
    );
}

TEST(Manifest, TakesFlowYamlThatOnlyLooksLikeJson) {
    EXPECT_EQ(
        read("{apiVersion: v1, kind: Pod, }"),
        (lines{R"(1 v1 Pod {"apiVersion":"v1","kind":"Pod"})"})
    );
}

TEST(Manifest, GoesOnBehindABrokenJsonValue) {
    EXPECT_EQ(
        read(R"({"apiVersion":"v1","kind":"Pod"} {"kind":} {"apiVersion":"v1","kind":"Job"} {"a":)"
        ),
        (lines{
            R"(1 v1 Pod {"apiVersion":"v1","kind":"Pod"})",
            R"(3 v1 Job {"apiVersion":"v1","kind":"Job"})",
            std::string("2 error at 1:34: ") + simdjson::error_message(simdjson::TAPE_ERROR),
            std::string("4 error at 1:77: ") + simdjson::error_message(simdjson::TAPE_ERROR),
        })
    );
}

TEST(Manifest, RefusesWhatIsNotUtf8) {
    const manifest yaml = read_manifest("kind: \"\xff\"\n---\napiVersion: v1\nkind: Pod");
    EXPECT_EQ(yaml.objects.size(), 1U);
    ASSERT_EQ(yaml.errors.size(), 1U);
    EXPECT_EQ(yaml.errors.front().at, (policy::position{1, 8}));
    const manifest json = read_manifest(R"({"apiVersion":"v1","kind":"Pod","x":")"
                                        "\xff\"}");
    EXPECT_EQ(json.objects.size(), 0U);
    EXPECT_EQ(json.errors.size(), 1U);
}

TEST(Manifest, RefusesDeepNesting) {
    const std::string deep(5000, '[');
    EXPECT_EQ(
        read(deep + std::string(5000, ']')),
        (lines{std::string("1 error at 1:1: ") + simdjson::error_message(simdjson::DEPTH_ERROR)})
    );
}

TEST(Manifest, StopsAtTooManyObjectsWithOneError) {
    const std::string pod = R"({"apiVersion":"v1","kind":"Pod"})";
    const std::string list = R"({"apiVersion":"v1","kind":"PodList","items":[{},{},{},{}]})";
    for (const std::string& text : {pod + pod + pod + pod, list + pod, pod + list + list}) {
        const manifest all = read_manifest(text, 3);
        EXPECT_EQ(all.objects.size(), 3U) << text;
        ASSERT_EQ(all.errors.size(), 1U) << text;
        EXPECT_EQ(
            all.errors.front().message, "the source has too many objects; the rest is not read"
        );
    }
    EXPECT_EQ(read_manifest("apiVersion: v1\nkind: Pod\n---\n1\n---\n2", 2).errors.size(), 2U);
}

} // namespace
} // namespace gatehouse::server
