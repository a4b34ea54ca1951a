#include "text/jinja/text_methods.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "common/concat.h"
#include "text/jinja/brace_format.h"
#include "text/jinja/number_format.h"
#include "text/jinja/operators.h"
#include "text/jinja/parameters.h"
#include "text/jinja/split.h"
#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

// The characters of a text, one by one, in another spelling.
template <typename Spell>
ProvenanceText Respelled(const ProvenanceText& text, const Spell& spell) {
  ProvenanceText respelled;
  for (size_t at = 0, size; at < text.size(); at += size) {
    const uint32_t character = CharacterAt(text.bytes(), at, &size);
    respelled.Append(spell(character, at), text.IsContent(at));
  }
  return respelled;
}

Value Same(Run& run, const Value& self, ProvenanceText text) {
  return run.Make(std::move(text), self.is_markup());
}

Value NotForMarkup(Run& run, std::string_view method) {
  return run.Fail(Concat(method, "() of escaped text is not supported"));
}

// Every character is `is`, and there is one.
template <bool (*is)(uint32_t)>
Value All(Run& run, const Value& self, const Arguments& arguments) {
  const Parameters none(run, arguments, "isalpha", {});
  bool all = !self.text().empty();
  for (size_t at = 0, size; all && at < self.bytes().size(); at += size) {
    all = is(CharacterAt(self.bytes(), at, &size));
  }
  return Value::Of(all);
}

bool IsAlphanumeric(uint32_t c) { return IsLetter(c) || IsDecimal(c) || IsDigit(c); }
bool IsAscii(uint32_t c) { return c < 0x80; }

// There are characters with a case, and all of them have this one.
template <bool upper>
Value HasCase(Run& run, const Value& self, const Arguments& arguments) {
  const Parameters none(run, arguments, "islower", {});
  bool some = false;
  for (size_t at = 0, size; at < self.bytes().size(); at += size) {
    const uint32_t c = CharacterAt(self.bytes(), at, &size);
    if (IsTitle(c) || (upper ? IsLower(c) : IsUpper(c))) return Value::Of(false);
    some |= upper ? IsUpper(c) : IsLower(c);
  }
  return Value::Of(some);
}

ProvenanceText TitleCase(const ProvenanceText& text) {
  bool is_after_cased = false;
  return Respelled(text, [&](uint32_t c, size_t at) {
    std::string spelling = is_after_cased ? ToLower(text.bytes(), at) : ToTitle(c);
    is_after_cased = IsUpper(c) || IsLower(c) || IsTitle(c);
    return spelling;
  });
}

template <ProvenanceText (*respell)(const ProvenanceText&)>
Value Spelled(Run& run, const Value& self, const Arguments& arguments) {
  const Parameters none(run, arguments, "upper", {});
  return Same(run, self, respell(self.text()));
}

template <Side side>
Value StripMethod(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, "strip", {"chars"});
  if (!given.Has(0) || given[0].Is(Type::kNone)) return Same(run, self, Strip(self.text(), side, nullptr));
  const ProvenanceText characters = given.Text(0, "");
  return Same(run, self, Strip(self.text(), side, &characters));
}

// The texts that `prefix` of startswith(prefix) stands for: one, or a tuple of them.
std::vector<std::string> Affixes(Run& run, const Value& given) {
  std::vector<std::string> affixes;
  if (given.Is(Type::kText)) affixes.push_back(given.bytes());
  if (given.Is(Type::kUndefined)) run.FailUndefined(given);
  if (!given.Is(Type::kText) && !given.Is(Type::kTuple))
    run.Fail("startswith() and endswith() need a text or a tuple of texts");
  for (const Value& item : given.items()) {
    if (!item.Is(Type::kText)) run.Fail("startswith() and endswith() need texts");
    affixes.push_back(item.bytes());
  }
  return affixes;
}

// The part of `text` between two character positions, as Python's str methods take them.
struct Window {
  size_t begin, end;  // in bytes
  bool is_valid;      // start is not beyond the end
};

Window WindowOf(const std::string& text, Parameters& given, size_t start_at, size_t stop_at) {
  if (!given.Has(start_at) && !given.Has(stop_at)) return {0, text.size(), true};
  const std::vector<size_t> starts = CharacterStarts(text);
  const auto size = static_cast<int64_t>(starts.size()) - 1;
  const auto bound = [&](size_t i, int64_t otherwise) {
    int64_t at = given.Has(i) && !given[i].Is(Type::kNone) ? given.Integer(i, 0) : otherwise;
    if (at < 0) at = std::max<int64_t>(at + size, 0);
    return at;
  };
  const int64_t begin = bound(start_at, 0), end = std::min(bound(stop_at, size), size);
  if (begin > end) return {0, 0, false};
  return {starts[begin], starts[end], true};
}

template <bool at_start>
Value AffixMethod(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, at_start ? "startswith" : "endswith", {"prefix", "start", "end"}, 1);
  const Window window = WindowOf(self.bytes(), given, 1, 2);
  const std::string_view text =
      std::string_view(self.bytes()).substr(window.begin, window.end - window.begin);
  for (const std::string& affix : Affixes(run, given[0])) {
    if (window.is_valid && (at_start ? text.starts_with(affix) : text.ends_with(affix)))
      return Value::Of(true);
  }
  return Value::Of(false);
}

template <bool from_right, bool must_find>
Value Find(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, must_find ? "index" : "find", {"sub", "start", "end"}, 1);
  const Window window = WindowOf(self.bytes(), given, 1, 2);
  const std::string_view text = std::string_view(self.bytes()).substr(0, window.end);
  const std::string part = given.Text(0, "").bytes();
  if (from_right && !run.SpendSearch(text.size(), part.size())) return self;
  size_t at = window.is_valid ? (from_right ? text.rfind(part) : FindText(text, part, window.begin))
                              : std::string::npos;
  if (at != std::string::npos && at < window.begin) at = std::string::npos;
  if (at == std::string::npos && must_find) return run.Fail("index(): the text is not in it");
  if (at == std::string::npos) return Value::Of(int64_t{-1});
  return Value::Of(static_cast<int64_t>(CharacterCount(text.substr(0, at))));
}

Value Count(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, "count", {"sub", "start", "end"}, 1);
  const Window window = WindowOf(self.bytes(), given, 1, 2);
  const std::string_view text =
      std::string_view(self.bytes()).substr(window.begin, window.end - window.begin);
  const std::string part = given.Text(0, "").bytes();
  if (!window.is_valid) return Value::Of(int64_t{0});
  if (part.empty()) return Value::Of(static_cast<int64_t>(CharacterCount(text)) + 1);
  int64_t count = 0;
  for (size_t at = FindText(text, part); at != std::string::npos;
       at = FindText(text, part, at + part.size())) {
    ++count;
  }
  return Value::Of(count);
}

Value ReplaceMethod(Run& run, const Value& self, const Arguments& arguments) {
  if (!arguments.named.empty()) return run.Fail("replace() takes no keyword arguments");
  Parameters given(run, arguments, "replace", {"old", "new", "count"}, 2);
  if (self.is_markup()) return NotForMarkup(run, "replace");
  const ProvenanceText from = given.Text(0, ""), to = given.Text(1, "");
  return run.Make(Replace(run, self.text(), from, to, given.Integer(2, -1)));
}

Value JoinMethod(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, "join", {"iterable"}, 1);
  if (self.is_markup()) return NotForMarkup(run, "join");
  const List items = ToList(run, given[0]);
  for (const Value& item : items) {
    if (!item.Is(Type::kText)) return run.Fail(Concat("join() needs texts, not ", item.TypeName()));
  }
  return run.Make(Join(run, self.text(), items));
}

Value Format(Run& run, const Value& self, const Arguments& arguments) {
  return BraceFormat(run, self, arguments);
}

template <char align>
Value Justify(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, "center", {"width", "fillchar"}, 1);
  if (self.is_markup()) return NotForMarkup(run, "center");
  const int64_t width = given.Integer(0, 0);
  FieldStyle style;
  style.align = align;
  style.width = width;
  style.fill = given.Text(1, " ").bytes();
  if (CharacterCount(style.fill) != 1) return run.Fail("the fill character is one character");
  if (width > 0 && !run.SpendBytes(static_cast<size_t>(width))) return Value::MakeUndefined("");
  if (align == '^') return run.Make(Centered(self.text(), width, style.fill));
  return run.Make(PadText(self.text(), style));
}

Value ZeroFill(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, "zfill", {"width"}, 1);
  const int64_t missing = given.Integer(0, 0) - static_cast<int64_t>(CharacterCount(self.bytes()));
  if (missing <= 0) return self;
  if (!run.SpendBytes(static_cast<size_t>(missing))) return Value::MakeUndefined("");
  const bool has_sign = self.bytes().starts_with('+') || self.bytes().starts_with('-');
  ProvenanceText filled = self.text().Slice(0, has_sign ? 1 : 0);
  filled.AppendTrusted(std::string(static_cast<size_t>(missing), '0'));
  filled.Append(self.text(), has_sign ? 1 : 0, self.text().size());
  return Same(run, self, std::move(filled));
}

template <bool at_start>
Value RemoveAffix(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, "removeprefix", {"affix"}, 1);
  const std::string affix = given.Text(0, "").bytes();
  const ProvenanceText& text = self.text();
  const bool has_it = at_start ? text.bytes().starts_with(affix) : text.bytes().ends_with(affix);
  if (!has_it) return self;
  return Same(run, self,
              at_start ? text.Slice(affix.size(), text.size()) : text.Slice(0, text.size() - affix.size()));
}

const std::unordered_map<std::string_view, Method>& TextMethods() {
  static const auto& methods = *new std::unordered_map<std::string_view, Method>{
      {"capitalize", Spelled<Capitalize>},
      {"center", Justify<'^'>},
      {"count", Count},
      {"endswith", AffixMethod<false>},
      {"find", Find<false, false>},
      {"format", Format},
      {"index", Find<false, true>},
      {"isalnum", All<IsAlphanumeric>},
      {"isalpha", All<IsLetter>},
      {"isascii",
       [](Run& run, const Value& self, const Arguments& arguments) {
         return self.text().empty() ? Value::Of(true) : All<IsAscii>(run, self, arguments);
       }},
      {"isdecimal", All<IsDecimal>},
      {"isdigit", All<IsDigit>},
      {"islower", HasCase<false>},
      {"isspace", All<IsSpace>},
      {"isupper", HasCase<true>},
      {"join", JoinMethod},
      {"ljust", Justify<'<'>},
      {"lower", Spelled<Lower>},
      {"lstrip", StripMethod<Side::kLeft>},
      {"partition", Partition<false>},
      {"removeprefix", RemoveAffix<true>},
      {"removesuffix", RemoveAffix<false>},
      {"replace", ReplaceMethod},
      {"rfind", Find<true, false>},
      {"rindex", Find<true, true>},
      {"rjust", Justify<'>'>},
      {"rpartition", Partition<true>},
      {"rsplit", Split<true>},
      {"rstrip", StripMethod<Side::kRight>},
      {"split", Split<false>},
      {"splitlines", SplitLinesMethod},
      {"startswith", AffixMethod<true>},
      {"strip", StripMethod<Side::kBoth>},
      {"title", Spelled<TitleCase>},
      {"upper", Spelled<Upper>},
      {"zfill", ZeroFill},
  };
  return methods;
}

}  // namespace

Method FindTextMethod(std::string_view name) {
  const auto found = TextMethods().find(name);
  return found == TextMethods().end() ? nullptr : found->second;
}

ProvenanceText Upper(const ProvenanceText& text) {
  return Respelled(text, [](uint32_t c, size_t) { return ToUpper(c); });
}

ProvenanceText Lower(const ProvenanceText& text) {
  return Respelled(text, [&](uint32_t, size_t at) { return ToLower(text.bytes(), at); });
}

ProvenanceText Capitalize(const ProvenanceText& text) {
  return Respelled(text,
                   [&](uint32_t c, size_t at) { return at == 0 ? ToTitle(c) : ToLower(text.bytes(), at); });
}

ProvenanceText Strip(const ProvenanceText& text, Side side, const ProvenanceText* characters) {
  const std::vector<size_t> starts = CharacterStarts(text.bytes());
  const auto is_stripped = [&](size_t i) {
    if (characters != nullptr) {
      const std::string_view one =
          std::string_view(text.bytes()).substr(starts[i], starts[i + 1] - starts[i]);
      return characters->bytes().find(one) != std::string::npos;
    }
    size_t size;
    return IsSpace(CharacterAt(text.bytes(), starts[i], &size));
  };
  size_t begin = 0, end = starts.size() - 1;
  while (side != Side::kRight && begin < end && is_stripped(begin)) ++begin;
  while (side != Side::kLeft && begin < end && is_stripped(end - 1)) --end;
  return text.Slice(starts[begin], starts[end]);
}

ProvenanceText Replace(Run& run, const ProvenanceText& text, const ProvenanceText& from,
                       const ProvenanceText& to, int64_t count) {
  ProvenanceText replaced;
  size_t done = 0;
  const auto put = [&](size_t at, size_t skipped) {
    replaced.Append(text, done, at);
    replaced.Append(to);
    done = at + skipped;
    return run.Spend() && run.Fits(replaced.size());
  };
  if (from.empty()) {
    for (const size_t at : CharacterStarts(text.bytes())) {
      if (count-- == 0 || !put(at, 0)) break;
    }
  } else {
    for (size_t at = FindText(text.bytes(), from.bytes()); at != std::string::npos && count-- != 0;
         at = FindText(text.bytes(), from.bytes(), done)) {
      if (!put(at, from.size())) break;
    }
  }
  replaced.Append(text, done, text.size());
  return replaced;
}

ProvenanceText Centered(const ProvenanceText& text, int64_t width, std::string_view fill) {
  const int64_t missing = std::max<int64_t>(width - static_cast<int64_t>(CharacterCount(text.bytes())), 0);
  const int64_t left = missing / 2 + (missing & width & 1);
  ProvenanceText centered;
  for (int64_t i = 0; i < left; ++i) centered.AppendTrusted(fill);
  centered.Append(text);
  for (int64_t i = left; i < missing; ++i) centered.AppendTrusted(fill);
  return centered;
}

ProvenanceText Join(Run& run, const ProvenanceText& separator, const List& items) {
  ProvenanceText joined;
  for (size_t i = 0; i < items.size() && run.Spend() && run.Fits(joined.size()); ++i) {
    if (i > 0) joined.Append(separator);
    joined.Append(items[i].text());
  }
  return joined;
}

}  // namespace rubato::jinja
