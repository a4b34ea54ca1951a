#include "text/jinja/split.h"

#include <algorithm>

#include "text/jinja/parameters.h"
#include "text/jinja/text_methods.h"
#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

using Pieces = std::vector<TextRange>;

// At `separator`, at most `most` times (negative: always).
Pieces SplitAt(const std::string& text, const std::string& separator, int64_t most, bool from_right) {
  Pieces pieces;
  if (from_right) {
    size_t end = text.size();
    while (most-- != 0 && end >= separator.size()) {
      const size_t at = text.rfind(separator, end - separator.size());
      if (at == std::string::npos) break;
      pieces.push_back({at + separator.size(), end});
      end = at;
    }
    pieces.push_back({0, end});
    std::reverse(pieces.begin(), pieces.end());
    return pieces;
  }
  size_t begin = 0;
  while (most-- != 0) {
    const size_t at = FindText(text, separator, begin);
    if (at == std::string::npos) break;
    pieces.push_back({begin, at});
    begin = at + separator.size();
  }
  pieces.push_back({begin, text.size()});
  return pieces;
}

// At runs of white space; what is left when `most` is used up stays as it is to its far end.
Pieces SplitWords(const std::string& text, int64_t most, bool from_right) {
  const std::vector<size_t> starts = CharacterStarts(text);
  const auto is_space = [&](int64_t i) {
    size_t size;
    return IsSpace(CharacterAt(text, starts[i], &size));
  };
  Pieces pieces;
  const auto size = static_cast<int64_t>(starts.size()) - 1;
  const int64_t step = from_right ? -1 : 1;
  int64_t at = from_right ? size - 1 : 0;
  const auto is_inside = [&] { return at >= 0 && at < size; };
  while (true) {
    while (is_inside() && is_space(at)) at += step;
    if (!is_inside()) break;
    const int64_t first = at;
    if (most-- == 0) {
      at = from_right ? -1 : size;
    } else {
      while (is_inside() && !is_space(at)) at += step;
    }
    pieces.push_back({starts[std::min(first, at - step)], starts[std::max(first, at - step) + 1]});
  }
  if (from_right) std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

Value ToValue(Run& run, const Value& self, const Pieces& pieces) {
  List list;
  for (const TextRange& piece : pieces) {
    if (!run.Spend()) break;
    list.push_back(Value::Of(self.text().Slice(piece.begin, piece.end), self.is_markup()));
  }
  return Value::MakeList(std::move(list));
}

}  // namespace

template <bool from_right>
Value Split(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, from_right ? "rsplit" : "split", {"sep", "maxsplit"});
  const int64_t most = given.Integer(1, -1);
  if (!given.Has(0) || given[0].Is(Type::kNone))
    return ToValue(run, self, SplitWords(self.bytes(), most, from_right));
  const ProvenanceText separator = given.Text(0, "");
  if (separator.empty()) return run.Fail("split(): the separator is empty");
  if (!run.SpendBytes(self.text().size())) return Value::MakeUndefined("");
  if (from_right && !run.SpendSearch(self.text().size(), separator.size())) return self;
  return ToValue(run, self, SplitAt(self.bytes(), separator.bytes(), most, from_right));
}

template Value Split<false>(Run&, const Value&, const Arguments&);
template Value Split<true>(Run&, const Value&, const Arguments&);

template <bool from_right>
Value Partition(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, from_right ? "rpartition" : "partition", {"sep"}, 1);
  const ProvenanceText separator = given.Text(0, "");
  if (separator.empty()) return run.Fail("partition(): the separator is empty");
  const ProvenanceText& text = self.text();
  if (from_right && !run.SpendSearch(text.size(), separator.size())) return self;
  const size_t at =
      from_right ? text.bytes().rfind(separator.bytes()) : FindText(text.bytes(), separator.bytes());
  const auto piece = [&](size_t begin, size_t end) {
    return Value::Of(text.Slice(begin, end), self.is_markup());
  };
  if (at == std::string::npos) {
    return from_right ? Value::MakeTuple({piece(0, 0), piece(0, 0), self})
                      : Value::MakeTuple({self, piece(0, 0), piece(0, 0)});
  }
  const size_t end = at + separator.size();
  return Value::MakeTuple({piece(0, at), Value::Of(separator, self.is_markup()), piece(end, text.size())});
}

template Value Partition<false>(Run&, const Value&, const Arguments&);
template Value Partition<true>(Run&, const Value&, const Arguments&);

std::vector<ProvenanceText> SplitLines(const ProvenanceText& text, bool keep_ends) {
  std::vector<ProvenanceText> lines;
  const std::string& bytes = text.bytes();
  size_t begin = 0;
  for (size_t at = 0, size; at < bytes.size();) {
    const uint32_t character = CharacterAt(bytes, at, &size);
    if (!IsLineEnd(character)) {
      at += size;
      continue;
    }
    size_t end = at + size;
    if (character == '\r' && end < bytes.size() && bytes[end] == '\n') ++end;
    lines.push_back(text.Slice(begin, keep_ends ? end : at));
    begin = at = end;
  }
  if (begin < bytes.size()) lines.push_back(text.Slice(begin, bytes.size()));
  return lines;
}

Value SplitLinesMethod(Run& run, const Value& self, const Arguments& arguments) {
  Parameters given(run, arguments, "splitlines", {"keepends"});
  List list;
  for (ProvenanceText& line : SplitLines(self.text(), given.Boolean(0, false))) {
    if (!run.Spend()) break;
    list.push_back(Value::Of(std::move(line), self.is_markup()));
  }
  return Value::MakeList(std::move(list));
}

}  // namespace rubato::jinja
