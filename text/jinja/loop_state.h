// The `loop` of a for statement: an iterator that looks one value ahead, and knows where it is.
//
// One rendering, one thread.

#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

struct LoopState {
  LoopState(Value iterable, std::shared_ptr<Iterator> iterator, bool has_length, int depth0)
      : iterable(std::move(iterable)),
        iterator(std::move(iterator)),
        has_length(has_length),
        depth0(depth0) {}

  // False: there are no more, or the run has failed.
  bool Next(Run& run, Value* value);
  // An attribute as `loop.NAME`; nothing: it has none of this name.
  std::optional<Value> Attribute(Run& run, std::string_view name);
  int64_t Length(Run& run);

  const Value iterable;
  std::shared_ptr<Iterator> iterator;
  const bool has_length;  // the iterable's own; otherwise all values must be seen to count them
  const int depth0;
  int64_t index0 = -1;
  std::optional<int64_t> length;
  std::optional<Value> after;  // seen, but not given yet
  bool is_exhausted = false;
  Value current, before;
  std::optional<Value> last_changed;

 private:
  bool Peek(Run& run);
};

}  // namespace rubato::jinja
