// A request over a plain socket, for tests: nothing is added to it and nothing in the answer is hidden.

#pragma once

#include <string>

namespace rubato {

// Sends `request` as it is to HOST:PORT on 127.0.0.1 and gives all that comes back; empty when nobody
// answers.
std::string RawHttp(const std::string& address, const std::string& request);

// GET of `path` on a connection of its own: status line, headers, body.
std::string HttpGet(const std::string& address, const std::string& path);

}  // namespace rubato
