// The fast matcher against one that is slow and obviously right: recursion straight from the words of
// interface 2.2, over patterns kept as the parts that they are made of.

#include "policy/image/pattern.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

using words = std::vector<std::string>;

struct pattern_model {
    bool any_registry = false;
    std::string host; ///< with wildcards
    std::string port; ///< empty: none written
    words segments;
    std::string tag;
    [[nodiscard]] std::string text() const {
        words parts = segments;
        parts.insert(parts.begin(), any_registry ? "**" : host + (port.empty() ? "" : ":" + port));
        return fmt::format("{}", fmt::join(parts, "/")) + (tag.empty() ? "" : ":" + tag);
    }
};

struct image_model {
    std::string host;
    std::string port;
    words segments;
    std::string tag;
    bool has_digest = false;
    [[nodiscard]] std::string text() const {
        return host + (port.empty() ? "" : ":" + port)
               + fmt::format("/{}", fmt::join(segments, "/")) + (tag.empty() ? "" : ":" + tag)
               + (has_digest ? "@sha256:" + std::string(64, 'e') : "");
    }
};

bool slow_glob(std::string_view glob, std::string_view text) {
    if (glob.empty()) {
        return text.empty();
    }
    if (glob.front() == '*') {
        return slow_glob(glob.substr(1), text)
               || (!text.empty() && slow_glob(glob, text.substr(1)));
    }
    return !text.empty() && glob.front() == text.front()
           && slow_glob(glob.substr(1), text.substr(1));
}

words labels_of(const std::string& host) {
    words labels(1);
    for (const char c : host) {
        if (c == '.') {
            labels.emplace_back();
        } else {
            labels.back() += c;
        }
    }
    return labels;
}

bool slow_host(const pattern_model& wanted, const image_model& image) {
    const words globs = labels_of(wanted.host);
    const words labels = labels_of(image.host);
    if (wanted.port != image.port || globs.size() != labels.size()) {
        return false;
    }
    for (std::size_t i = 0; i < globs.size(); ++i) {
        if (!slow_glob(globs[i], labels[i])) {
            return false;
        }
    }
    return true;
}

bool slow_path(words wanted, words found, const std::string& namespace_name, bool is_first_any) {
    if (wanted.empty()) {
        return found.empty();
    }
    const std::string head = wanted.front();
    const words wanted_rest(wanted.begin() + 1, wanted.end());
    if (head == "**") {
        if (wanted_rest.empty() && !is_first_any) {
            return !found.empty();
        }
        return slow_path(wanted_rest, found, namespace_name, false)
               || (!found.empty()
                   && slow_path(
                       wanted, words(found.begin() + 1, found.end()), namespace_name, is_first_any
                   ));
    }
    if (found.empty()) {
        return false;
    }
    const bool fits =
        head == "$(namespace)" ? found.front() == namespace_name : slow_glob(head, found.front());
    return fits
           && slow_path(wanted_rest, words(found.begin() + 1, found.end()), namespace_name, false);
}

bool slow_matches(
    const pattern_model& wanted,
    const image_model& image,
    const std::string& namespace_name,
    pattern_use use
) {
    if (!wanted.any_registry && !slow_host(wanted, image)) {
        return false;
    }
    if (!wanted.tag.empty()) {
        const std::string tag = image.tag.empty() && !image.has_digest ? "latest" : image.tag;
        if (tag.empty() || (image.has_digest && use == pattern_use::permit)
            || !slow_glob(wanted.tag, tag)) {
            return false;
        }
    }
    words segments = wanted.segments;
    if (wanted.any_registry) {
        segments.insert(segments.begin(), "**");
    }
    return slow_path(segments, image.segments, namespace_name, wanted.any_registry);
}

class generator {
  public:
    explicit generator(unsigned seed) : random_(seed) {}

    /// True once in `n` times.
    bool once_in(unsigned n) { return random_() % n == 0; }

    std::string one_of(const words& from) { return from[random_() % from.size()]; }

    image_model image() {
        image_model made;
        const words hosts = {"a.io", "ab.io", "a.b.io", "b.ab.io", "localhost", "a-b.io"};
        made.host = one_of(hosts);
        made.port = once_in(3) ? "5000" : "";
        const words names = {"a", "ab", "b", "a-b", "ba", "b.a", "aab"};
        for (auto left = 1 + random_() % 5; left > 0; --left) {
            made.segments.push_back(one_of(names));
        }
        made.tag = one_of({"", "1", "12", "latest", "1-b"});
        made.has_digest = once_in(4);
        return made;
    }

    /// Made from the image, so that many of them match.
    pattern_model pattern_like(const image_model& image) {
        pattern_model made;
        made.any_registry = once_in(4);
        made.host = once_in(5) ? one_of({"*.io", "a*.io", "*.*.io", "*-*.io", "a.*"}) : image.host;
        made.port = once_in(10) ? "5001" : image.port;
        for (const std::string& segment : image.segments) {
            if (!once_in(8)) {
                made.segments.push_back(changed(segment));
            }
            if (once_in(6)) {
                made.segments.emplace_back("**");
            }
        }
        if (made.segments.empty() || once_in(12)) {
            made.segments.emplace_back(one_of({"a", "*", "**"}));
        }
        made.tag = once_in(2) ? "" : one_of({"*", "1*", "1", "latest", "*b", image.tag});
        return made;
    }

  private:
    std::string changed(const std::string& segment) {
        if (!once_in(3)) {
            return segment;
        }
        return one_of({"*", "**", "a*", "*a", "*b*", "a*b", "$(namespace)", segment + "*", "ab"});
    }

    std::mt19937 random_;
};

TEST(PatternProperty, FastAndSlowMatchersAgree) {
    generator make(20'260'101);
    int matched = 0;
    int missed = 0;
    for (int i = 0; i < 20'000; ++i) {
        const image_model image = make.image();
        const pattern_model wanted = make.pattern_like(image);
        const auto parsed_image = reference::parse(image.text());
        const auto parsed_pattern = image_pattern::parse(wanted.text());
        ASSERT_TRUE(parsed_image) << image.text() << ": " << parsed_image.error().detail();
        ASSERT_TRUE(parsed_pattern) << wanted.text() << ": " << parsed_pattern.error().detail();
        for (const pattern_use use : {pattern_use::permit, pattern_use::deny}) {
            const bool expected = slow_matches(wanted, image, "ab", use);
            ASSERT_EQ(parsed_pattern.value().matches(parsed_image.value(), "ab", use), expected)
                << wanted.text() << " against " << image.text();
            ++(expected ? matched : missed);
        }
    }
    EXPECT_GT(matched, 5'000);
    EXPECT_GT(missed, 5'000);
}

TEST(PatternProperty, EveryImageMatchesItsOwnName) {
    generator make(7);
    for (int i = 0; i < 2'000; ++i) {
        const auto image = reference::parse(make.image().text());
        ASSERT_TRUE(image);
        const auto own = image_pattern::parse(image.value().name());
        ASSERT_TRUE(own) << own.error().detail();
        EXPECT_TRUE(own.value().matches(image.value(), "ab", pattern_use::permit));
    }
}

} // namespace
} // namespace gatehouse::policy
