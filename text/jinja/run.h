// The state of one rendering that every operation shares: its budget, the first error, and the line at work.
//
// An operation that cannot go on calls Fail() and returns what Fail() gives; whoever called it looks at
// failed() before it has an effect.  After the first error nothing counts any more, the result is thrown
// away.
//
// One rendering, one thread.

#pragma once

#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/chat_limits.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

class Run {
 public:
  Run(const ChatLimits& limits, const std::tm& now) : limits_(limits), now_(now) {}
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  bool failed() const { return failed_; }
  const std::string& error() const { return error_; }
  int error_line() const { return error_line_; }
  // Remembers the first error with the current line.  The result is undefined.
  Value Fail(std::string message);
  // The same for a value that cannot be used because it is undefined.
  Value FailUndefined(const Value& value) { return Fail(value.undefined_message()); }

  // False, and failed: the budget of steps is spent.
  bool Spend(size_t steps = 1);
  // For making `bytes` bytes: charges for them and refuses a text that is too long.
  bool SpendBytes(size_t bytes);
  // For a search from the right, which may compare every byte of the one with every byte of the other.
  bool SpendSearch(size_t text, size_t part);
  // False, and failed: a text of so many bytes is too long.
  bool Fits(size_t bytes);
  // For looking at all of a text, or doing something with it.
  bool Charge(const Value& value) { return !value.Is(Type::kText) || SpendBytes(value.bytes().size()); }
  // A text, if it is not too long.
  Value Make(ProvenanceText text, bool markup = false);
  // Around a call of a macro.
  bool EnterCall();
  void LeaveCall() { --depth_; }

  void set_line(int line) { line_ = line; }
  int line() const { return line_; }
  const std::tm& now() const { return now_; }

  // Namespaces can hold themselves; they end with the run.
  Value MakeNamespace(Dict attributes);

 private:
  const ChatLimits limits_;
  const std::tm now_;
  size_t steps_ = 0;
  int depth_ = 0;
  int line_ = 0;
  bool failed_ = false;
  std::string error_;
  int error_line_ = 0;
  std::vector<std::shared_ptr<Namespace>> namespaces_;
};

}  // namespace rubato::jinja
