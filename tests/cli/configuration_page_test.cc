#include <gtest/gtest.h>

#include "common/config.h"
#include "common/file.h"

namespace rubato {
namespace {

TEST(ConfigurationPage, IsWhatTheKeysSayOfThemselves) {
  const std::string page = ReadFile("docs/configuration.md").value();
  EXPECT_NE(page.find("\n```\n" + ExplainAll() + "```\n"), std::string::npos)
      << "docs/configuration.md is old. Put the output of `rubato explain` between its ``` lines";
}

}  // namespace
}  // namespace rubato
