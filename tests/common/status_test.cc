#include "common/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/concat.h"

namespace rubato {
namespace {

absl::StatusOr<std::unique_ptr<int>> Make(bool ok) {
  if (!ok) return absl::NotFoundError("none");
  return std::make_unique<int>(3);
}

absl::StatusOr<int> Twice(bool first, bool second) {
  ASSIGN_OR_RETURN(std::unique_ptr<int> a, Make(first));
  ASSIGN_OR_RETURN(const std::unique_ptr<int> b, Make(second));
  RETURN_IF_ERROR(absl::OkStatus());
  return *a + *b;
}

TEST(StatusMacros, PassValuesAndErrorsOn) {
  EXPECT_EQ(*Twice(true, true), 6);
  EXPECT_EQ(Twice(true, false).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Twice(false, true).status().message(), "none");
}

TEST(Annotate, PutsTheContextFirstAndKeepsTheCode) {
  const absl::Status status = Annotate(absl::AbortedError("old generation"), "CommitStep");
  EXPECT_EQ(status, absl::AbortedError("CommitStep: old generation"));
  EXPECT_TRUE(Annotate(absl::OkStatus(), "x").ok());
}

TEST(Concat, TakesEveryKindOfText) {
  EXPECT_EQ(Concat("a", std::string("b"), std::string_view("c"), absl::string_view("d"), 1, -2, 0.5),
            "abcd1-20.5");
}

}  // namespace
}  // namespace rubato
