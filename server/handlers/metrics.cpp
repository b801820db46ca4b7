#include "server/handlers/metrics.h"

namespace gatehouse::server {

handler metrics_handler(const metrics& counted, std::function<live_figures()> look) {
    return [&counted, look = std::move(look)](const request_view&) -> reply {
        response answer;
        answer.status = 200;
        answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
        answer.body = counted.text(look());
        return answer;
    };
}

} // namespace gatehouse::server
