#pragma once
// Public keys for tests that need some, never to verify anything: their private halves are gone.

#include <string>
#include <string_view>

namespace gatehouse::testing_support {

inline constexpr std::string_view first_demo_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE837JXrOBjlj9AcFn04UDl7q+W4SO\n"
    "tJjHGlKHI6DCvcZix5ZD6Jm7V85K3Y+SzUf71tNm/XXbDg0Q4R7z0yoMtg==\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view second_demo_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPXQwPN5vFJ6lBIdvrqxGFkYeicYo\n"
    "/X2ZLcPxjhxKFb4nmvb87tnmF20RmCpdD5kvDBFtq2knp5q9shyI/NLqfA==\n"
    "-----END PUBLIC KEY-----\n";

/// As a YAML scalar in double quotes.
inline std::string in_quotes(std::string_view pem) {
    std::string out = "\"";
    for (const char c : pem) {
        out += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return out + '"';
}

} // namespace gatehouse::testing_support
