#include "policy/user/image_user.h"

#include "policy/user/decimal.h"

namespace gatehouse::policy {

image_user read_image_user(std::string_view user) noexcept {
    const std::size_t colon = user.find(':');
    image_user out;
    out.name = user.substr(0, colon);
    out.has_group = colon != std::string_view::npos && colon + 1 < user.size();
    if (out.name.empty()) {
        return out;
    }
    const decimal number = read_decimal(out.name);
    if (number.kind != decimal_kind::number) {
        out.kind = image_user_kind::name;
        return out;
    }
    out.id = number.value;
    out.kind =
        out.id < 0 || out.id > largest_id ? image_user_kind::invalid_id : image_user_kind::id;
    return out;
}

} // namespace gatehouse::policy
