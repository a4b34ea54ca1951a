// Length, iteration and slices.

#include <algorithm>

#include "common/concat.h"
#include "text/jinja/loop_state.h"
#include "text/jinja/operators.h"

namespace rubato::jinja {
namespace {

class ItemIterator : public Iterator {
 public:
  explicit ItemIterator(Value list) : Iterator(list.Depth()), list_(std::move(list)) {}
  bool Next(Run&, Value* value) override {
    if (at_ == list_.items().size()) return false;
    *value = list_.items()[at_++];
    return true;
  }

 private:
  const Value list_;
  size_t at_ = 0;
};

class TextIterator : public Iterator {
 public:
  explicit TextIterator(Value text) : text_(std::move(text)) {}
  bool Next(Run&, Value* value) override {
    if (at_ == text_.bytes().size()) return false;
    size_t size;
    CharacterAt(text_.bytes(), at_, &size);
    *value = Value::Of(text_.text().Slice(at_, at_ + size), false);
    at_ += size;
    return true;
  }
  std::string_view TypeName() const override { return "str_iterator"; }

 private:
  const Value text_;
  size_t at_ = 0;
};

class RangeIterator : public Iterator {
 public:
  explicit RangeIterator(const Range& range) : range_(range), size_(range.size()) {}
  bool Next(Run&, Value* value) override {
    if (at_ == size_) return false;
    *value = Value::Of(range_.start + at_++ * range_.step);
    return true;
  }
  std::string_view TypeName() const override { return "range_iterator"; }

 private:
  const Range range_;
  const int64_t size_;
  int64_t at_ = 0;
};

class ReverseIterator : public Iterator {
 public:
  explicit ReverseIterator(Value list)
      : Iterator(list.Depth()), list_(std::move(list)), left_(list_.items().size()) {}
  bool Next(Run&, Value* value) override {
    if (left_ == 0) return false;
    *value = list_.items()[--left_];
    return true;
  }
  std::string_view TypeName() const override { return "list_reverseiterator"; }

 private:
  const Value list_;
  size_t left_;
};

// A bound of a slice; `otherwise` where it is None.
std::optional<int64_t> Bound(Run& run, const Value& value, int64_t otherwise) {
  if (value.Is(Type::kNone)) return otherwise;
  if (value.is_integer()) return value.integer();
  run.Fail("the bounds of a slice are whole numbers or none");
  return std::nullopt;
}

// As PySlice_AdjustIndices: clamps and counts.
int64_t AdjustBounds(int64_t size, int64_t step, int64_t* start, int64_t* stop) {
  const auto adjust = [size, step](int64_t* at) {
    if (*at < 0) {
      *at += size;
      if (*at < 0) *at = step < 0 ? -1 : 0;
    } else if (*at >= size) {
      *at = step < 0 ? size - 1 : size;
    }
  };
  adjust(start), adjust(stop);
  return Range{*start, *stop, step}.size();
}

}  // namespace

std::optional<int64_t> Length(const Value& value) {
  switch (value.type()) {
    case Type::kUndefined:
    case Type::kMissing:
      return 0;
    case Type::kText:
      return static_cast<int64_t>(CharacterCount(value.bytes()));
    case Type::kList:
    case Type::kTuple:
      return static_cast<int64_t>(value.items().size());
    case Type::kDict:
      return static_cast<int64_t>(value.dict().size());
    case Type::kView:
      return static_cast<int64_t>(value.view().dict->size());
    case Type::kRange:
      return value.range().size();
    default:
      return std::nullopt;
  }
}

bool IsIterable(const Value& value) {
  return Length(value).has_value() || value.Is(Type::kIterator) || value.Is(Type::kLoop);
}

std::shared_ptr<Iterator> OverItems(Value list) { return std::make_shared<ItemIterator>(std::move(list)); }

std::shared_ptr<Iterator> Iterate(Run& run, const Value& value) {
  switch (value.type()) {
    case Type::kText:
      return std::make_shared<TextIterator>(value);
    case Type::kList:
    case Type::kTuple:
      return OverItems(value);
    case Type::kDict: {
      run.Spend(value.dict().size());
      const View keys{value.shared_dict(), View::Kind::kKeys};
      return OverItems(Value::MakeList(keys.ToList()));
    }
    case Type::kView:
      run.Spend(value.view().dict->size());
      return OverItems(Value::MakeList(value.view().ToList()));
    case Type::kRange:
      return std::make_shared<RangeIterator>(value.range());
    case Type::kIterator:
      return value.shared_iterator();
    case Type::kUndefined:
      break;
    case Type::kLoop:
      run.Fail("going over `loop` itself is not supported");
      break;
    default:
      run.Fail(Concat("'", value.TypeName(), "' object is not iterable"));
  }
  return OverItems(Value::MakeList({}));
}

List ToList(Run& run, const Value& value) {
  if (value.is_sequence()) {
    run.Spend(value.items().size());
    return value.items();
  }
  List list;
  const std::shared_ptr<Iterator> items = Iterate(run, value);
  for (Value item; run.Spend() && items->Next(run, &item);) list.push_back(item);
  return list;
}

std::shared_ptr<Iterator> Reversed(Run& run, const Value& value) {
  if (!Length(value)) return nullptr;
  return std::make_shared<ReverseIterator>(Value::MakeList(ToList(run, value)));
}

Value Slice(Run& run, const Value& value, const Value& start, const Value& stop, const Value& step) {
  if (!run.Charge(value)) return value;
  if (value.Is(Type::kUndefined)) return run.FailUndefined(value);
  if (!value.Is(Type::kText) && !value.is_sequence() && !value.Is(Type::kRange)) {
    return run.Fail(Concat("'", value.TypeName(), "' cannot be sliced"));
  }
  const std::optional<int64_t> by = Bound(run, step, 1);
  if (!by) return Value::MakeUndefined("");
  if (*by == 0) return run.Fail("the step of a slice cannot be zero");
  const int64_t clamped = std::max(*by, -INT64_MAX);
  const int64_t size = Length(value).value_or(0);
  std::optional<int64_t> from = Bound(run, start, clamped < 0 ? INT64_MAX : 0);
  std::optional<int64_t> to = Bound(run, stop, clamped < 0 ? INT64_MIN : INT64_MAX);
  if (!from || !to) return Value::MakeUndefined("");
  int64_t first = *from, last = *to;
  const int64_t count = AdjustBounds(size, clamped, &first, &last);
  if (!run.Spend(static_cast<size_t>(count))) return Value::MakeUndefined("");
  if (value.Is(Type::kRange)) {
    const Range& range = value.range();
    int64_t combined = 0;
    if (__builtin_mul_overflow(range.step, clamped, &combined)) {
      return run.Fail("whole numbers beyond 64 bits are not supported");
    }
    return Value::Of(Range{range.start + first * range.step, range.start + last * range.step, combined});
  }
  if (value.is_sequence()) {
    List items;
    for (int64_t i = 0; i < count; ++i) items.push_back(value.items()[first + i * clamped]);
    return value.Is(Type::kTuple) ? Value::MakeTuple(std::move(items)) : Value::MakeList(std::move(items));
  }
  const std::vector<size_t> starts = CharacterStarts(value.bytes());
  if (clamped == 1) {
    const size_t end = count == 0 ? starts[first] : starts[first + count];
    return run.Make(value.text().Slice(starts[first], end), value.is_markup());
  }
  ProvenanceText text;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t at = first + i * clamped;
    text.Append(value.text(), starts[at], starts[at + 1]);
  }
  return run.Make(std::move(text), value.is_markup());
}

std::optional<Value> ItemAt(Run& run, const Value& value, int64_t index) {
  const std::optional<int64_t> size = Length(value);
  if (!size) return std::nullopt;
  if (index < 0) index += *size;
  if (index < 0 || index >= *size) return std::nullopt;
  if (value.is_sequence()) return value.items()[index];
  if (value.Is(Type::kRange)) return Value::Of(value.range().start + index * value.range().step);
  if (!value.Is(Type::kText)) return std::nullopt;
  run.SpendBytes(value.bytes().size());
  const std::vector<size_t> starts = CharacterStarts(value.bytes());
  return Value::Of(value.text().Slice(starts[index], starts[index + 1]), value.is_markup());
}

}  // namespace rubato::jinja
