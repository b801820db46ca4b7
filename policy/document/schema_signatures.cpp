#include "policy/document/schema_values.h"

namespace gatehouse::policy {
namespace {

constexpr std::size_t most_entries = 256;
constexpr std::int64_t most_authorities = 64;
constexpr std::size_t most_keys = 64;
constexpr std::size_t most_key_characters = 16384; // RSA of 65536 bits would fit
constexpr std::size_t most_repository_characters = 512;
constexpr std::size_t most_annotations = 64;
constexpr std::size_t most_annotation_characters = 1024;

schema_value key() {
    return object_value({
        {
            .name = "file",
            .description = "The path of a file with one PEM block PUBLIC KEY; watched for changes.",
            .value = text_value(text_form::absolute_path, most_path_characters),
        },
        {
            .name = "data",
            .description = "The PEM block itself.",
            .value = text_value(text_form::any, most_key_characters),
        },
        {
            .name = "hashAlgorithm",
            .description = "The only hash to accept; absent: those that go with the key.",
            .value = word_value({{"sha256"}, {"sha384"}, {"sha512"}, {"sm3"}}),
        },
    });
}

schema_value authority() {
    return object_value({
        {
            .name = "name",
            .description = "The authority's name in messages; used once in its entry.",
            .value = text_value(text_form::item_name, most_word_characters),
            .required = true,
        },
        {
            .name = "keys",
            .description = "The keys of this signer; a signature by any of them is its own.",
            .value = list_value(key(), 1, most_keys),
        },
        {
            .name = "keyless",
            .description = "Identities that certificates are made out for.",
            .value = ignored_value(),
            .supported = false,
        },
        {
            .name = "static",
            .description = "Decides without any signature or network call; stands alone in its "
                           "entry.",
            .value = word_value({{"Pass"}, {"Fail"}}),
        },
    });
}

} // namespace

schema_value signatures_schema() {
    return list_value(
        object_value({
            {
                .name = "name",
                .description = "The entry's name in messages; used once in the policy.",
                .value = text_value(text_form::item_name, most_word_characters),
                .required = true,
            },
            section_actions_field(),
            {
                .name = "images",
                .description = "Patterns; every image that matches must satisfy this entry.",
                .value = include_list(text_form::image_pattern),
                .required = true,
            },
            {
                .name = "excludeImages",
                .description = "Patterns of images that need not.",
                .value = exclude_list(text_form::image_pattern),
            },
            {
                .name = "tags",
                .description = "What an image gets that is named by tag only.",
                .value = word_value({{"Deny"}, {"Warn"}, {"Allow"}}),
                .absent_as = "Deny",
            },
            {
                .name = "threshold",
                .description = "How many different authorities must have signed.",
                .value = integer_value(1, most_authorities),
                .absent_as = "1",
            },
            {
                .name = "authorities",
                .description = "The signers: one each, however many keys it has.",
                .value = list_value(authority(), 1, static_cast<std::size_t>(most_authorities)),
                .required = true,
            },
            {
                .name = "signedIdentity",
                .description = "MatchRepository: a name in the signed payload must be that of the "
                               "image's repository.",
                .value = word_value({{"MatchRepository"}, {"Any"}}),
                .absent_as = "Any",
            },
            {
                .name = "repository",
                .description = "Where the signatures lie, if not beside the image.",
                .value = text_value(text_form::repository_name, most_repository_characters),
            },
            {
                .name = "annotations",
                .description = "What the signed payload must say.",
                .value = map_value(
                    text_value(text_form::any, most_annotation_characters), most_annotations
                ),
            },
            {
                .name = "attestations",
                .description = "Signed statements of other types.",
                .value = ignored_value(),
                .supported = false,
            },
        }),
        0,
        most_entries
    );
}

} // namespace gatehouse::policy
