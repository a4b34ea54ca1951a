#include "text/jinja/globals.h"

#include <ctime>
#include <string>
#include <unordered_map>

#include "common/concat.h"
#include "text/jinja/operators.h"
#include "text/jinja/parameters.h"
#include "text/jinja/python_text.h"

namespace rubato::jinja {
namespace {

constexpr int64_t kMostRange = 100'000;  // of jinja2's sandbox

Value MakeRange(Run& run, Arguments arguments) {
  if (!arguments.named.empty()) return run.Fail("range() takes no keyword arguments");
  Parameters given(run, arguments, "range", {"start", "stop", "step"}, 1);
  Range range;
  if (given.Has(1)) {
    range = {given.Integer(0, 0), given.Integer(1, 0), given.Integer(2, 1)};
  } else {
    range.stop = given.Integer(0, 0);
  }
  if (range.step == 0) return run.Fail("the step of range() cannot be zero");
  constexpr int64_t kFar = INT64_C(1) << 40;
  const auto is_far = [](int64_t bound) { return bound > kFar || bound < -kFar; };
  if (is_far(range.start) || is_far(range.stop) || is_far(range.step)) {
    if (range.size() <= kMostRange) return run.Fail("range() beyond 2^40 is not supported");
  }
  if (range.size() > kMostRange) {
    return run.Fail(Concat("range() gives more than the limit of ", kMostRange, " numbers"));
  }
  return Value::Of(range);
}

// dict(mapping or pairs, key=value, ...)
Dict MakeDict(Run& run, const Arguments& arguments) {
  Dict dict;
  if (arguments.positional.size() > 1) run.Fail("dict() takes one argument and keywords");
  if (!arguments.positional.empty()) {
    const Value& from = arguments.positional[0];
    if (from.Is(Type::kDict)) {
      if (!run.Spend(from.dict().size())) return dict;
      dict = from.dict();
    } else {
      for (const Value& pair : ToList(run, from)) {
        const List items = ToList(run, pair);
        if (items.size() != 2 || !HashKey(items[0])) {
          run.Fail("dict() needs pairs of a key and a value");
          return dict;
        }
        dict.Set(items[0], items[1]);
      }
    }
  }
  for (const auto& [name, value] : arguments.named) dict.Set(Value::Trusted(name), value);
  return dict;
}

Value MakeDictValue(Run& run, Arguments arguments) { return Value::Of(MakeDict(run, arguments)); }

Value MakeNamespace(Run& run, Arguments arguments) {
  Dict attributes = MakeDict(run, arguments);
  for (const auto& [name, value] : attributes.entries()) {
    if (name.bytes().starts_with('_')) {
      return run.Fail(
          Concat("a namespace cannot have the attribute '", name.bytes(), "', which begins with '_'"));
    }
  }
  return run.MakeNamespace(std::move(attributes));
}

Value RaiseException(Run& run, Arguments arguments) {
  Parameters given(run, arguments, "raise_exception", {"message"}, 1);
  return run.Fail(Concat("the template refuses this chat: ", Str(run, given[0]).bytes()));
}

Value StrftimeNow(Run& run, Arguments arguments) {
  Parameters given(run, arguments, "strftime_now", {"format"}, 1);
  const ProvenanceText format = given.Text(0, "");
  if (format.size() > 1000) return run.Fail("the format of strftime_now() has more than 1000 bytes");
  // Python writes these itself: microseconds, and the time zone that a naive time does not have.
  std::string plain;
  for (size_t i = 0; i < format.size(); ++i) {
    const char letter = format.bytes()[i];
    const char next = letter == '%' && i + 1 < format.size() ? format.bytes()[i + 1] : '\0';
    if (next == 'f') plain += "000000";
    if (next == 'f' || next == 'z' || next == 'Z') {
      ++i;
    } else if (next != '\0') {
      plain += letter;
      plain += next;
      ++i;
    } else {
      plain += letter;
    }
  }
  if (plain.empty()) return Value::Trusted("");
  std::string text(64 + 64 * plain.size(), '\0');
  text.resize(std::strftime(text.data(), text.size(), plain.c_str(), &run.now()));
  return run.Make(format.Replaced(std::move(text)));
}

}  // namespace

const Value* FindGlobal(std::string_view name) {
  const auto make = [](std::string name, std::function<Value(Run&, Arguments)> call) {
    return Value::Of(Callable{.name = std::move(name), .call = std::move(call), .repr = "", .depth = 0});
  };
  static const auto& globals = *new std::unordered_map<std::string_view, Value>{
      {"range", make("range", MakeRange)},
      {"dict", make("dict", MakeDictValue)},
      {"namespace", make("namespace", MakeNamespace)},
      {"raise_exception", make("raise_exception", RaiseException)},
      {"strftime_now", make("strftime_now", StrftimeNow)},
  };
  const auto found = globals.find(name);
  return found == globals.end() ? nullptr : &found->second;
}

}  // namespace rubato::jinja
