#include "text/jinja/sequence_filters.h"

#include <algorithm>
#include <set>

#include "common/concat.h"
#include "text/jinja/attributes.h"
#include "text/jinja/operators.h"
#include "text/jinja/parameters.h"
#include "text/jinja/python_text.h"
#include "text/jinja/text_methods.h"

namespace rubato::jinja {
namespace {

// Values that are there already, given once.
Value Once(List values) { return Value::Of(OverItems(Value::MakeList(std::move(values)))); }

Value Folded(const Value& value, bool is_case_sensitive) {
  return value.Is(Type::kText) && !is_case_sensitive ? Value::Of(Lower(value.text())) : value;
}

// Sorted by keys, the order of equal ones kept, also when it is reversed.
List SortedBy(Run& run, const List& values, const List& keys, bool is_reversed) {
  std::vector<size_t> order(values.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = is_reversed ? order.size() - 1 - i : i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return run.Spend() && LessThan(run, keys[a], keys[b]); });
  if (is_reversed) std::reverse(order.begin(), order.end());
  List sorted;
  for (const size_t i : order) sorted.push_back(values[i]);
  return sorted;
}

// "a,b.c" as a list of paths; anything else as one.
List PathsOf(const Value& attribute) {
  if (!attribute.Is(Type::kText)) return {attribute};
  List paths;
  std::string_view rest = attribute.bytes();
  while (true) {
    const size_t comma = std::min(rest.find(','), rest.size());
    paths.push_back(Value::Trusted(std::string(rest.substr(0, comma))));
    if (comma == rest.size()) return paths;
    rest.remove_prefix(comma + 1);
  }
}

Value Extreme(Run& run, const Value& input, const Arguments& arguments, bool wants_least) {
  const Parameters given(run, arguments, wants_least ? "min" : "max", {"case_sensitive", "attribute"});
  const List values = ToList(run, input);
  if (values.empty()) return Value::MakeUndefined("No aggregated item, sequence was empty.");
  size_t best = 0;
  Value best_key;
  for (size_t i = 0; i < values.size() && !run.failed(); ++i) {
    Value key = Folded(GetPath(run, values[i], given[1]), given.Boolean(0, false));
    const bool is_better =
        i == 0 || (wants_least ? LessThan(run, key, best_key) : LessThan(run, best_key, key));
    if (!is_better) continue;
    best = i;
    best_key = std::move(key);
  }
  return values[best];
}

}  // namespace

Value BatchFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "batch", {"linecount", "fill_with"}, 1);
  const int64_t size = given.Integer(0, 1);
  List batches, batch;
  for (const Value& value : ToList(run, input)) {
    if (static_cast<int64_t>(batch.size()) == size) {
      batches.push_back(Value::MakeList(std::move(batch)));
      batch.clear();
    }
    batch.push_back(value);
  }
  if (!batch.empty()) {
    while (!given[1].Is(Type::kNone) && static_cast<int64_t>(batch.size()) < size && run.Spend())
      batch.push_back(given[1]);
    batches.push_back(Value::MakeList(std::move(batch)));
  }
  return Once(std::move(batches));
}

Value SliceFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "slice", {"slices", "fill_with"}, 1);
  const int64_t slices = given.Integer(0, 1);
  if (slices == 0) return run.Fail("slice: division by zero");
  const List values = ToList(run, input);
  const auto size = static_cast<int64_t>(values.size());
  List all;
  int64_t at = 0;
  for (int64_t i = 0; i < slices && run.Spend(); ++i) {
    const bool has_extra = i < size % slices;
    const int64_t end = at + size / slices + (has_extra ? 1 : 0);
    List slice(values.begin() + at, values.begin() + end);
    if (!given[1].Is(Type::kNone) && !has_extra) slice.push_back(given[1]);
    all.push_back(Value::MakeList(std::move(slice)));
    at = end;
  }
  return Once(std::move(all));
}

Value DictSortFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "dictsort", {"case_sensitive", "by", "reverse"});
  const std::string by = given.Text(1, "key").bytes();
  if (by != "key" && by != "value") return run.Fail("dictsort sorts by 'key' or 'value'");
  if (input.Is(Type::kUndefined)) return run.FailUndefined(input);
  if (!input.Is(Type::kDict)) return run.Fail("dictsort needs a dictionary");
  List keys;
  for (const auto& [key, value] : input.dict().entries()) {
    keys.push_back(Folded(by == "key" ? key : value, given.Boolean(0, false)));
  }
  const List items = View{input.shared_dict(), View::Kind::kItems}.ToList();
  return Value::MakeList(SortedBy(run, items, keys, given.Boolean(2, false)));
}

Value SortFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "sort", {"reverse", "case_sensitive", "attribute"});
  const List values = ToList(run, input);
  const List paths = PathsOf(given[2]);
  List keys;
  for (const Value& value : values) {
    List key;
    for (const Value& path : paths) key.push_back(Folded(GetPath(run, value, path), given.Boolean(1, false)));
    keys.push_back(Value::MakeList(std::move(key)));
    if (!run.Spend()) break;
  }
  if (run.failed()) return Value::MakeUndefined("");
  return Value::MakeList(SortedBy(run, values, keys, given.Boolean(0, false)));
}

Value UniqueFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "unique", {"case_sensitive", "attribute"});
  std::set<std::string> seen;
  List unique;
  for (const Value& value : ToList(run, input)) {
    const Value key = Folded(GetPath(run, value, given[1]), given.Boolean(0, false));
    const std::optional<std::string> hash = HashKey(key);
    if (!hash) return run.Fail(Concat("unhashable type: '", key.TypeName(), "'"));
    if (seen.insert(*hash).second) unique.push_back(value);
  }
  return Once(std::move(unique));
}

Value MinFilter(Run& run, const Value& input, const Arguments& arguments) {
  return Extreme(run, input, arguments, true);
}
Value MaxFilter(Run& run, const Value& input, const Arguments& arguments) {
  return Extreme(run, input, arguments, false);
}

Value SumFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "sum", {"attribute", "start"});
  Value sum = given.Has(1) ? given[1] : Value::Of(int64_t{0});
  if (sum.Is(Type::kText)) return run.Fail("sum cannot add texts");
  const std::shared_ptr<Iterator> items = Iterate(run, input);
  for (Value item; run.Spend() && items->Next(run, &item);) {
    sum = Arithmetic(run, Operator::kAdd, sum, GetPath(run, item, given[0]));
  }
  return sum;
}

Value FirstFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "first", {});
  Value first;
  if (Iterate(run, input)->Next(run, &first)) return first;
  return Value::MakeUndefined("No first item, sequence was empty.");
}

Value LastFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "last", {});
  const std::shared_ptr<Iterator> backwards = Reversed(run, input);
  if (backwards == nullptr) return run.Fail(Concat("'", input.TypeName(), "' object is not reversible"));
  Value last;
  if (backwards->Next(run, &last)) return last;
  return Value::MakeUndefined("No last item, sequence was empty.");
}

Value ReverseFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "reverse", {});
  if (input.Is(Type::kText)) return Slice(run, input, Value::None(), Value::None(), Value::Of(int64_t{-1}));
  if (std::shared_ptr<Iterator> backwards = Reversed(run, input)) return Value::Of(std::move(backwards));
  List list = ToList(run, input);
  std::reverse(list.begin(), list.end());
  return Value::MakeList(std::move(list));
}

Value ListFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "list", {});
  return Value::MakeList(ToList(run, input));
}

Value ItemsFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "items", {});
  if (input.Is(Type::kUndefined)) return Once({});
  if (!input.Is(Type::kDict)) return run.Fail("items needs a mapping");
  return Once(View{input.shared_dict(), View::Kind::kItems}.ToList());
}

Value JoinFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "join", {"d", "attribute"});
  List texts;
  for (const Value& value : ToList(run, input)) {
    texts.push_back(Value::Of(Str(run, GetPath(run, value, given[1]))));
    if (!run.Spend()) break;
  }
  const ProvenanceText separator = given.Has(0) ? Str(run, given[0]) : ProvenanceText();
  return run.Make(Join(run, separator, texts));
}

}  // namespace rubato::jinja
