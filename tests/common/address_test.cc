#include "common/address.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

TEST(Address, IsReadAndWritten) {
  for (const char* text : {"127.0.0.1:0", "localhost:7000", "[::1]:65535", "node-3.example.org:80"}) {
    ASSERT_TRUE(ParseAddress(text).ok()) << text;
    EXPECT_EQ(ParseAddress(text)->ToString(), text);
  }
}

TEST(Address, IsRefusedWhenItIsNone) {
  for (const char* text :
       {"", "host", ":1", "host:", "host:x", "host:65536", "host:-1", "::1:5", "http://h:1", "h:+1"}) {
    EXPECT_EQ(ParseAddress(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Address, KnowsLoopback) {
  for (const char* text : {"127.0.0.1:1", "127.8.9.1:1", "localhost:1", "[::1]:1"}) {
    EXPECT_TRUE(ParseLoopbackAddress(text).ok()) << text;
  }
  for (const char* text :
       {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.example.org:1", "localhost.example.org:1"}) {
    const absl::Status status = ParseLoopbackAddress(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << text;
    EXPECT_NE(status.message().find("mutual TLS"), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace rubato
