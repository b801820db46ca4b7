// The separately compiled halves of Asio and of its TLS streams.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
