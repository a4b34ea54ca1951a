#include "text/jinja/loop_state.h"

#include "text/jinja/operators.h"

namespace rubato::jinja {
namespace {

class ListIterator : public Iterator {
 public:
  explicit ListIterator(List items) : items_(std::move(items)) {}
  bool Next(Run&, Value* value) override {
    if (at_ == items_.size()) return false;
    *value = items_[at_++];
    return true;
  }

 private:
  const List items_;
  size_t at_ = 0;
};

}  // namespace

bool LoopState::Peek(Run& run) {
  if (after || is_exhausted) return after.has_value();
  Value value;
  if (iterator->Next(run, &value)) {
    after = std::move(value);
  } else {
    is_exhausted = true;
  }
  return after.has_value();
}

bool LoopState::Next(Run& run, Value* value) {
  if (!Peek(run) || run.failed()) return false;
  before = std::move(current);
  current = *std::move(after);
  after.reset();
  ++index0;
  *value = current;
  return true;
}

int64_t LoopState::Length(Run& run) {
  if (length) return *length;
  if (has_length) {
    length = jinja::Length(iterable).value_or(0);
    return *length;
  }
  List rest;
  for (Value value; iterator->Next(run, &value) && run.Spend();) rest.push_back(value);
  length = static_cast<int64_t>(rest.size()) + index0 + 1 + (after ? 1 : 0);
  iterator = std::make_shared<ListIterator>(std::move(rest));
  return *length;
}

std::optional<Value> LoopState::Attribute(Run& run, std::string_view name) {
  if (name == "index") return Value::Of(index0 + 1);
  if (name == "index0") return Value::Of(index0);
  if (name == "first") return Value::Of(index0 == 0);
  if (name == "last") return Value::Of(!Peek(run));
  if (name == "length") return Value::Of(Length(run));
  if (name == "revindex") return Value::Of(Length(run) - index0);
  if (name == "revindex0") return Value::Of(Length(run) - index0 - 1);
  if (name == "depth") return Value::Of(int64_t{depth0 + 1});
  if (name == "depth0") return Value::Of(int64_t{depth0});
  if (name == "previtem") return index0 == 0 ? Value::MakeUndefined("there is no previous item") : before;
  if (name == "nextitem") return Peek(run) ? *after : Value::MakeUndefined("there is no next item");
  return std::nullopt;
}

}  // namespace rubato::jinja
