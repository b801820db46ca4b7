// The separately compiled half of Asio.
#include <boost/asio/impl/src.hpp>
