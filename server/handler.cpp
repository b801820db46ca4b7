#include "server/handler.h"

namespace gatehouse::server {

response plain_text(unsigned status, std::string_view text) {
    response answer;
    answer.status = status;
    answer.body.reserve(text.size() + 1);
    answer.body += text;
    answer.body += '\n';
    return answer;
}

} // namespace gatehouse::server
