#include "server/base64_text.h"

#include <openssl/evp.h>

namespace gatehouse::server {

std::string base64_text(std::string_view bytes) {
    // OpenSSL writes a NUL behind the text, which std::string has room for.
    std::string out(4 * ((bytes.size() + 2) / 3), '\0');
    EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    return out;
}

} // namespace gatehouse::server
