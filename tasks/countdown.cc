#include "tasks/countdown.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "common/concat.h"
#include "common/status.h"
#include "tasks/arithmetic.h"

namespace rubato {
namespace {

constexpr size_t kFewestNumbers = 2;
constexpr size_t kMostNumbers = Arithmetic::kMostNumbers;
constexpr int64_t kLargestTarget = 1'000'000'000;
constexpr char kAnswer = '#';
constexpr char kEnd = '$';

struct Puzzle {
  std::vector<int64_t> nums;
  int64_t target = 0;
};

absl::StatusOr<std::vector<int64_t>> ParseNumbers(const Json& row) {
  ASSIGN_OR_RETURN(const Json::Array* values, row.GetArray("nums"));
  if (values->size() < kFewestNumbers || values->size() > kMostNumbers) {
    return absl::InvalidArgumentError(Concat("\"nums\" holds ", values->size(), " numbers; countdown needs ",
                                             kFewestNumbers, " to ", kMostNumbers));
  }
  std::vector<int64_t> nums;
  for (const Json& value : *values) {
    const absl::StatusOr<int64_t> number = value.AsInt();
    if (!number.ok()) return Annotate(number.status(), "\"nums\"");
    if (*number < 1 || *number > Arithmetic::kLargestNumber) {
      return absl::InvalidArgumentError(Concat(
          "\"nums\" holds ", *number, "; countdown needs numbers from 1 to ", Arithmetic::kLargestNumber));
    }
    nums.push_back(*number);
  }
  return nums;
}

absl::StatusOr<Puzzle> ParsePuzzle(const Json& row) {
  Puzzle puzzle;
  ASSIGN_OR_RETURN(puzzle.nums, ParseNumbers(row));
  ASSIGN_OR_RETURN(puzzle.target, row.GetInt("target"));
  if (puzzle.target < -kLargestTarget || puzzle.target > kLargestTarget) {
    return absl::InvalidArgumentError(Concat("\"target\" is ", puzzle.target, "; countdown needs one from -",
                                             kLargestTarget, " to ", kLargestTarget));
  }
  return puzzle;
}

// What stands between the first answer mark and the only end token, if it ends the response. A second mark is
// part of no expression, so the answer fails there.
std::optional<std::string_view> AnswerOf(std::string_view response) {
  const size_t mark = response.find(kAnswer);
  if (mark == std::string_view::npos || response.find(kEnd) != response.size() - 1) return {};
  return response.substr(mark + 1, response.size() - 1 - (mark + 1));
}

bool IsSolution(const Puzzle& puzzle, std::string_view response) {
  const std::optional<std::string_view> answer = AnswerOf(response);
  if (!answer) return false;
  const std::optional<Arithmetic> expression = Arithmetic::Parse(*answer);
  return expression && expression->value().Equals(puzzle.target) &&
         std::is_permutation(puzzle.nums.begin(), puzzle.nums.end(), expression->numbers().begin(),
                             expression->numbers().end());
}

}  // namespace

absl::Status CountdownVerifier::CheckRow(const Json& row) const { return ParsePuzzle(row).status(); }

absl::StatusOr<std::vector<RewardTerm>> CountdownVerifier::Judge(const Json& row,
                                                                 std::string_view response) const {
  ASSIGN_OR_RETURN(const Puzzle puzzle, ParsePuzzle(row));
  return std::vector<RewardTerm>{{"correct", IsSolution(puzzle, response) ? 1.0 : 0.0}};
}

}  // namespace rubato
