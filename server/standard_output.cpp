#include "server/standard_output.h"

#include <cstdio>

namespace gatehouse::server {

bool write_to_stdout(std::string_view text) {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size()
           && std::fflush(stdout) == 0;
}

} // namespace gatehouse::server
