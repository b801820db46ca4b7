#include "server/socket_bio.h"

#include <cerrno>

namespace gatehouse::server {

namespace {

watched_socket& socket_of(BIO* bio) { return *static_cast<watched_socket*>(BIO_get_data(bio)); }

bool is_for_later() { return errno == EAGAIN || errno == EINTR; }

int receive(BIO* bio, char* to, int size) {
    BIO_clear_retry_flags(bio);
    const auto bytes = socket_of(bio).receive({to, static_cast<std::size_t>(size)});
    if (bytes < 0 && is_for_later()) {
        BIO_set_retry_read(bio);
    }
    return static_cast<int>(bytes);
}

int send(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const auto bytes = socket_of(bio).send({from, static_cast<std::size_t>(size)});
    if (bytes < 0 && is_for_later()) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(bytes);
}

// Nothing is kept here, so a flush is done at once; nothing else is known.
long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

struct method_deleter {
    void operator()(BIO_METHOD* one) const noexcept { BIO_meth_free(one); }
};

const BIO_METHOD* method() {
    static const std::unique_ptr<BIO_METHOD, method_deleter> made = [] {
        std::unique_ptr<BIO_METHOD, method_deleter> one(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "watched socket")
        );
        if (one != nullptr) {
            BIO_meth_set_read(one.get(), receive);
            BIO_meth_set_write(one.get(), send);
            BIO_meth_set_ctrl(one.get(), control);
        }
        return one;
    }();
    return made.get();
}

} // namespace

bio_ptr make_socket_bio(watched_socket& socket) {
    const BIO_METHOD* how = method();
    bio_ptr made(how == nullptr ? nullptr : BIO_new(how));
    if (made != nullptr) {
        BIO_set_data(made.get(), &socket);
        BIO_set_init(made.get(), 1);
    }
    return made;
}

} // namespace gatehouse::server
