#pragma once
// An image reference as every tool downstream will read it, in one canonical spelling, so that two
// spellings of one image can never get two verdicts (interface 2.2). A value; safe to share.
//
// Grammar (OCI distribution specification; the grammar of its implementations for short names):
//   reference = name [ ":" tag ] [ "@" digest ]
//   name      = [ registry "/" ] path
//   registry  = host [ ":" port ]
//               the first of several segments is one when it has a "." or ":" or is "localhost";
//               registry.h has its rules
//   path      = segment *( "/" segment )
//   segment   = alphanumeric *( separator alphanumeric ), lower case;
//               a separator is ".", "_", "__" or any number of "-"
//   tag       = [A-Za-z0-9_] [A-Za-z0-9_.-]{0,127}
//   digest    = "sha256:" 64 lower-case hex | "sha512:" 128 lower-case hex
// A canonical name has at most 255 characters. Refused though the grammar would take them: a first
// segment with upper case but neither dot nor colon (which some tools take for a host); a name of
// 64 hex digits and a bare `sha256:<64 hex>`, `sha384:...`, `sha512:...` (which node runtimes take
// for the id of an image that they hold, whatever registry it came from).
//
// Canonical: `docker.io/library/` before a bare name and `docker.io/` before `user/name`;
// `index.docker.io` and `registry-1.docker.io` are `docker.io`; host in lower case; `:443` dropped
// (however written: `:0443`); no tag and no digest means tag `latest`.

#include "policy/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::policy {

inline constexpr std::size_t longest_image_name = 255;
inline constexpr std::size_t longest_image_tag = 128;

class reference {
  public:
    /// Fails with errc::malformed and a detail that says which part is wrong and what is allowed:
    /// "the tag is empty; write one behind the colon or leave the colon away". Linear; one
    /// allocation on success.
    [[nodiscard]] static result<reference> parse(std::string_view text);

    /// host[:port], canonical
    [[nodiscard]] std::string_view registry() const noexcept {
        return {text_.data(), registry_size_};
    }
    /// path below the registry
    [[nodiscard]] std::string_view repository() const noexcept {
        return {text_.data() + registry_size_ + 1, name_size_ - registry_size_ - 1};
    }
    /// As written; empty where there is none. A reference without tag and digest has the tag
    /// `latest`.
    [[nodiscard]] std::string_view tag() const noexcept;
    [[nodiscard]] std::string_view digest(
    ) const noexcept; ///< "sha256:..."; empty where there is none
    /// The canonical text: parse(text()) is an equal reference. With a tag only if it has one.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// registry/repository, without tag and digest.
    [[nodiscard]] std::string_view name() const noexcept { return {text_.data(), name_size_}; }

    friend bool operator==(const reference& a, const reference& b) { return a.text_ == b.text_; }

  private:
    reference() = default;
    std::string text_;
    std::size_t registry_size_ = 0;
    std::size_t name_size_ = 0;
    std::size_t tag_size_ = 0;    ///< 0 where there is none
    std::size_t digest_size_ = 0; ///< 0 where there is none
};

} // namespace gatehouse::policy
