#include "text/jinja/attributes.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "common/concat.h"
#include "text/jinja/loop_state.h"
#include "text/jinja/operators.h"
#include "text/jinja/parameters.h"
#include "text/jinja/python_text.h"
#include "text/jinja/text_methods.h"
#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

template <size_t n>
bool IsOneOf(std::string_view name, const std::string_view (&names)[n]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

constexpr std::string_view kListChanges[] = {"append", "clear",  "extend",  "insert",
                                             "pop",    "remove", "reverse", "sort"};
constexpr std::string_view kDictChanges[] = {"clear", "pop", "popitem", "setdefault", "update"};
// Of str, int, float, dict views and macros.
constexpr std::string_view kUnsupported[] = {
    "arguments",     "as_integer_ratio",
    "bit_count",     "bit_length",
    "casefold",      "catch_kwargs",
    "catch_varargs", "conjugate",
    "denominator",   "encode",
    "expandtabs",    "explicit_caller",
    "format_map",    "from_bytes",
    "fromhex",       "fromkeys",
    "imag",          "is_integer",
    "isidentifier",  "isnumeric",
    "isprintable",   "isdisjoint",
    "istitle",       "maketrans",
    "numerator",     "real",
    "swapcase",      "to_bytes",
    "translate",
};

Value Bind(std::string_view name, const Value& self, Method method) {
  return Value::Of(Callable{.name = std::string(name),
                            .call =
                                [self, method](Run& run, Arguments arguments) {
                                  run.Charge(self);
                                  return run.failed() ? Value::MakeUndefined("")
                                                      : method(run, self, arguments);
                                },
                            .repr = "",
                            .depth = self.Depth()});
}

template <View::Kind kind>
Value DictView(Run& run, const Value& self, const Arguments& arguments) {
  const Parameters none(run, arguments, "items", {});
  return Value::Of(View{self.shared_dict(), kind});
}

Value DictGet(Run& run, const Value& self, const Arguments& arguments) {
  if (!arguments.named.empty()) return run.Fail("get() takes no keyword arguments");
  const Parameters given(run, arguments, "get", {"key", "default"}, 1);
  if (!HashKey(given[0])) return run.Fail(Concat("unhashable type: '", given[0].TypeName(), "'"));
  const Value* found = self.dict().Find(given[0]);
  return found != nullptr ? *found : given[1];
}

Value Copy(Run& run, const Value& self, const Arguments& arguments) {
  const Parameters none(run, arguments, "copy", {});
  return self.Is(Type::kDict) ? Value::Of(Dict(self.dict())) : Value::MakeList(self.items());
}

Value CountItems(Run& run, const Value& self, const Arguments& arguments) {
  const Parameters given(run, arguments, "count", {"value"}, 1);
  int64_t count = 0;
  for (const Value& item : ToList(run, self)) count += Equals(run, item, given[0]) ? 1 : 0;
  return Value::Of(count);
}

Value IndexOfItem(Run& run, const Value& self, const Arguments& arguments) {
  const Parameters given(run, arguments, "index", {"value"}, 1);
  const List items = ToList(run, self);
  for (size_t i = 0; i < items.size(); ++i) {
    if (Equals(run, items[i], given[0])) return Value::Of(static_cast<int64_t>(i));
  }
  return run.Fail("index(): the value is not in it");
}

Value LoopCycle(Run& run, const Value& self, const Arguments& arguments) {
  const List& values = arguments.positional;
  if (values.empty()) return run.Fail("cycle() needs something to cycle through");
  return values[static_cast<size_t>(self.loop().index0) % values.size()];
}

Value LoopChanged(Run& run, const Value& self, const Arguments& arguments) {
  std::optional<Value>& last = self.loop().last_changed;
  Value now = Value::MakeTuple(arguments.positional);
  if (last && Equals(run, *last, now)) return Value::Of(false);
  last = std::move(now);
  return Value::Of(true);
}

Method FindDictMethod(std::string_view name) {
  if (name == "get") return DictGet;
  if (name == "items") return DictView<View::Kind::kItems>;
  if (name == "keys") return DictView<View::Kind::kKeys>;
  if (name == "values") return DictView<View::Kind::kValues>;
  if (name == "copy") return Copy;
  return nullptr;
}

Method FindSequenceMethod(const Value& self, std::string_view name) {
  if (name == "count") return CountItems;
  if (name == "index") return IndexOfItem;
  if (name == "copy" && self.Is(Type::kList)) return Copy;
  return nullptr;
}

Value Unsafe(const Value& self, std::string_view name) {
  return Value::MakeUndefined(
      Concat("access to attribute '", name, "' of '", self.TypeName(), "' object is unsafe."));
}

// What Python's getattr() finds and the sandbox lets through; nothing: there is no such attribute.
std::optional<Value> FindAttribute(Run& run, const Value& self, std::string_view name) {
  if (name.starts_with("__") && name.ends_with("__")) return Unsafe(self, name);
  Method method = nullptr;
  switch (self.type()) {
    case Type::kText:
      method = FindTextMethod(name);
      break;
    case Type::kDict:
      if (IsOneOf(name, kDictChanges)) return Unsafe(self, name);
      if (name == "fromkeys") return run.Fail("fromkeys() of a dict is not supported");
      method = FindDictMethod(name);
      break;
    case Type::kList:
      if (IsOneOf(name, kListChanges)) return Unsafe(self, name);
      [[fallthrough]];
    case Type::kTuple:
    case Type::kRange:
      method = FindSequenceMethod(self, name);
      break;
    case Type::kNamespace: {
      const Value* found = self.space().attributes.Find(name);
      return found == nullptr ? std::nullopt : std::optional<Value>(*found);
    }
    case Type::kLoop:
      if (name == "cycle") return Bind(name, self, LoopCycle);
      if (name == "changed") return Bind(name, self, LoopChanged);
      return self.loop().Attribute(run, name);
    case Type::kCallable:
      if (name == "name") return Value::Trusted(self.callable().name);
      break;
    default:
      break;
  }
  if (method != nullptr) return Bind(name, self, method);
  const bool may_have_it =
      self.Is(Type::kText) || self.is_number() || self.Is(Type::kView) || self.Is(Type::kCallable);
  if (may_have_it && IsUnsupportedMethod(name)) {
    return run.Fail(Concat("'", name, "' of ", self.TypeName(), " is not supported"));
  }
  if (self.Is(Type::kRange) && (name == "start" || name == "stop" || name == "step")) {
    const Range& range = self.range();
    return Value::Of(name == "start" ? range.start : name == "stop" ? range.stop : range.step);
  }
  return std::nullopt;
}

std::optional<Value> FindItem(Run& run, const Value& self, const Value& key) {
  if (self.Is(Type::kDict)) {
    const Value* found = self.dict().Find(key);
    return found == nullptr ? std::nullopt : std::optional<Value>(*found);
  }
  return key.is_integer() ? ItemAt(run, self, key.integer()) : std::nullopt;
}

std::string ObjectName(const Value& value) {
  return value.Is(Type::kNone) ? "None" : Concat(value.TypeName(), " object");
}

Value NoSuchName(const Value& self, std::string_view name) {
  return Value::MakeUndefined(Concat("'", ObjectName(self), "' has no attribute '", name, "'"));
}

}  // namespace

bool IsUnsupportedMethod(std::string_view name) { return IsOneOf(name, kUnsupported); }

Value GetAttribute(Run& run, const Value& value, std::string_view name) {
  if (value.Is(Type::kUndefined)) return run.FailUndefined(value);
  if (std::optional<Value> found = FindAttribute(run, value, name)) return *std::move(found);
  if (value.Is(Type::kDict)) {
    if (const Value* found = value.dict().Find(name)) return *found;
  }
  return NoSuchName(value, name);
}

Value GetItem(Run& run, const Value& value, const Value& key) {
  if (value.Is(Type::kUndefined)) return run.FailUndefined(value);
  if (!run.Charge(key)) return value;
  if (std::optional<Value> found = FindItem(run, value, key)) return *std::move(found);
  if (key.Is(Type::kText)) {
    if (std::optional<Value> found = FindAttribute(run, value, key.bytes())) return *std::move(found);
    return NoSuchName(value, key.bytes());
  }
  return Value::MakeUndefined(Concat(ObjectName(value), " has no element ", Repr(run, key).bytes()));
}

Value Call(Run& run, const Value& callee, Arguments arguments) {
  if (callee.Is(Type::kUndefined)) return run.FailUndefined(callee);
  if (callee.Is(Type::kLoop)) return run.Fail("recursive loops are not supported");
  if (!callee.Is(Type::kCallable))
    return run.Fail(Concat("'", callee.TypeName(), "' object is not callable"));
  return callee.callable().call(run, std::move(arguments));
}

Value GetPath(Run& run, Value item, const Value& path, const Value* otherwise) {
  const auto step = [&](const Value& key) {
    item = GetItem(run, item, key);
    if (otherwise != nullptr && !otherwise->Is(Type::kNone) && item.Is(Type::kUndefined)) item = *otherwise;
  };
  if (path.Is(Type::kNone)) return item;
  if (!path.Is(Type::kText)) {
    step(path);
    return item;
  }
  std::string_view rest = path.bytes();
  while (!run.failed()) {
    const size_t dot = std::min(rest.find('.'), rest.size());
    const std::string_view part = rest.substr(0, dot);
    const bool is_number =
        !part.empty() && part.size() < 18 && part.find_first_not_of("0123456789") == std::string_view::npos;
    step(is_number ? Value::Of(static_cast<int64_t>(std::stoll(std::string(part))))
                   : Value::Trusted(std::string(part)));
    if (dot == rest.size()) break;
    rest.remove_prefix(dot + 1);
  }
  return item;
}

}  // namespace rubato::jinja
