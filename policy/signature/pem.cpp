#include "policy/signature/pem.h"

#include "policy/signature/base64.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace gatehouse::policy {
namespace {

// A PEM of RSA with 16,384 bits is 3 KB.
constexpr std::size_t largest_pem = std::size_t{64} * 1024;
constexpr std::size_t longest_label = 60;
constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view white = " \t\r\n";

error refused(std::string why) { return {errc::malformed, std::move(why)}; }

/// Labels of all blocks that begin anywhere, in lines or not: a private key behind a quotation mark is
/// one as well.
std::vector<std::string_view> labels_in(std::string_view pem) {
    std::vector<std::string_view> labels;
    for (auto at = pem.find(begin_mark); at != std::string_view::npos;
         at = pem.find(begin_mark, at + 1)) {
        const std::string_view rest = pem.substr(at + begin_mark.size());
        labels.push_back(rest.substr(0, std::min(rest.find(dashes), rest.find_first_of("\r\n"))));
    }
    return labels;
}

error private_key(std::string_view label) {
    if (label == "ENCRYPTED SIGSTORE PRIVATE KEY" || label == "ENCRYPTED COSIGN PRIVATE KEY") {
        return refused("is a private key of cosign (cosign.key): give the public key, cosign.pub, "
                       "which `cosign public-key --key cosign.key` prints");
    }
    return refused("is a private key: give the public key, which `openssl pkey -in FILE -pubout` "
                   "prints, and replace the pair if others may read this text");
}

/// What is wrong with the blocks as a whole; nothing to say where there is one with a public key.
result<void> check_labels(const std::vector<std::string_view>& labels) {
    const auto is_private = [](std::string_view label) { return label.ends_with("PRIVATE KEY"); };
    if (const auto found = std::ranges::find_if(labels, is_private); found != labels.end()) {
        return private_key(*found);
    }
    if (labels.empty()) {
        return refused("is not a public key in PEM form (-----BEGIN PUBLIC KEY-----)");
    }
    if (std::ranges::any_of(labels, [](std::string_view l) {
            return l.ends_with("CERTIFICATE");
        })) {
        return refused("is a certificate: give its public key, which `openssl x509 -in FILE -noout "
                       "-pubkey` prints");
    }
    if (labels.size() > 1) {
        return refused(
            fmt::format("holds {} PEM blocks: give each key an item of its own", labels.size())
        );
    }
    if (labels[0] != "PUBLIC KEY" && labels[0] != "RSA PUBLIC KEY") {
        return refused(
            fmt::format("is a PEM block {}, not PUBLIC KEY", quoted(labels[0], longest_label))
        );
    }
    return success();
}

} // namespace

result<pem_block> read_public_key_block(std::string_view pem) {
    if (pem.size() > largest_pem) {
        return refused("is larger than 64 KiB");
    }
    const std::vector<std::string_view> labels = labels_in(pem);
    GATEHOUSE_TRY(check_labels(labels));
    const std::string_view label = labels.front();
    const auto begin = pem.find(begin_mark);
    const std::string_view body = pem.substr(begin + begin_mark.size() + label.size());
    const auto end = body.find(end_mark);
    const bool starts_a_line = begin == 0 || pem[begin - 1] == '\n';
    if (!starts_a_line || !body.starts_with(dashes) || end == std::string_view::npos) {
        return refused("is cut short: the PEM block must begin and end with its own line");
    }
    const std::string last = fmt::format("{}{}{}", end_mark, label, dashes);
    if (!body.substr(end).starts_with(last)) {
        return refused("has an end line that does not fit its PEM block's first");
    }
    const std::string_view trailing = body.substr(end + last.size());
    if (trailing.find_first_not_of(white) != std::string_view::npos) {
        return refused("has text behind the PEM block");
    }
    std::string text(body.substr(dashes.size(), end - dashes.size()));
    std::erase_if(text, [](char c) { return white.find(c) != std::string_view::npos; });
    std::optional<std::string> der = decode_base64(text);
    if (!der || der->empty()) {
        return refused("is not base64 inside its PEM block");
    }
    return pem_block{std::string(label), std::move(*der)};
}

} // namespace gatehouse::policy
