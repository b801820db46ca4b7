#pragma once
// An image reference as every tool downstream will read it, in one canonical spelling, so that two
// spellings of one image can never get two verdicts (interface 2.2).
//
// Grammar (OCI distribution specification; Docker's reference grammar for the short names):
//   reference  = name [ ":" tag ] [ "@" digest ]
//   name       = [ domain "/" ] path
//   domain     = host [ ":" port ]      the first segment is a domain when it has a "." or ":" or
//   is "localhost" path       = segment *( "/" segment ) segment    = alphanumeric *( separator
//   alphanumeric )  with separator "." "_" "__" or dashes, lower case tag        = [A-Za-z0-9_]
//   [A-Za-z0-9_.-]{0,127} digest     = "sha256:" 64 lower-case hex | "sha512:" 128 lower-case hex
// A name of 64 hex digits, a first segment with upper case but neither dot nor colon, an empty
// reference and one of more than 255 characters of name are refused.
//
// Canonical: `docker.io/library/` before a bare name and `docker.io/` before `user/name`;
// `index.docker.io` and `registry-1.docker.io` are `docker.io`; host in lower case; `:443` dropped
// (however written: `:0443`); IPv6 hosts in brackets; no tag and no digest means tag `latest`.

#include "policy/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

class reference {
  public:
    /// Fails with errc::malformed and a detail such as "the tag has a character that tags may not
    /// have".
    [[nodiscard]] static result<reference> parse(std::string_view text);

    [[nodiscard]] std::string_view registry() const noexcept;   ///< host[:port], canonical
    [[nodiscard]] std::string_view repository() const noexcept; ///< path below the registry
    /// As written; empty where there is none. A reference without tag and digest has the tag
    /// `latest`.
    [[nodiscard]] std::string_view tag() const noexcept;
    [[nodiscard]] std::string_view digest(
    ) const noexcept; ///< "sha256:..."; empty where there is none
    /// The canonical text: parse(text()) is an equal reference. With a tag only if it has one.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// registry/repository, without tag and digest.
    [[nodiscard]] std::string_view name() const noexcept;

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
