#include "text/jinja/value.h"

#include <algorithm>
#include <cmath>

#include "common/concat.h"

namespace rubato::jinja {

int64_t Range::size() const {
  if (step > 0) return start < stop ? (stop - start - 1) / step + 1 : 0;
  return start > stop ? (start - stop - 1) / -step + 1 : 0;
}

List View::ToList() const {
  List list;
  list.reserve(dict->size());
  for (const auto& [key, value] : dict->entries()) {
    list.push_back(kind == Kind::kKeys     ? key
                   : kind == Kind::kValues ? value
                                           : Value::MakeTuple({key, value}));
  }
  return list;
}

Value Value::MakeUndefined(std::string message) {
  return Value(Storage(std::make_shared<const Undefined>(Undefined{std::move(message)})));
}

Value Value::Of(ProvenanceText text, bool markup) {
  return Value(Storage(std::make_shared<const TextValue>(TextValue{std::move(text), markup})));
}

std::shared_ptr<const Value::Items> Value::Box(List items) {
  int depth = 0;
  for (const Value& item : items) depth = std::max(depth, item.Depth());
  return std::make_shared<const Items>(Items{std::move(items), depth + 1});
}

Value Value::MakeList(List items) { return Value(Storage(Box(std::move(items)))); }
Value Value::MakeTuple(List items) { return Value(Storage(Tuple{Box(std::move(items))})); }

int Value::Depth() const {
  switch (type()) {
    case Type::kList:
      return std::get<ListRef>(value_)->depth;
    case Type::kTuple:
      return std::get<Tuple>(value_).items->depth;
    case Type::kDict:
      return dict().depth();
    case Type::kView:
      return view().dict->depth() + 1;
    case Type::kIterator:
      return iterator().depth() + 1;
    case Type::kCallable:
      return callable().depth + 1;
    case Type::kLoop:
      return 100;  // of what it goes over, at most
    default:
      return 0;
  }
}

Value Value::Of(Dict dict) { return Value(Storage(std::make_shared<const Dict>(std::move(dict)))); }

Value Value::Of(Callable callable) {
  return Value(Storage(std::make_shared<const Callable>(std::move(callable))));
}

const std::string& Value::undefined_message() const {
  static const std::string& empty = *new std::string;
  return Is(Type::kUndefined) ? std::get<std::shared_ptr<const Undefined>>(value_)->message : empty;
}

int64_t Value::integer() const {
  if (Is(Type::kBool)) return boolean() ? 1 : 0;
  return Is(Type::kInt) ? std::get<int64_t>(value_) : 0;
}

double Value::number() const {
  return Is(Type::kFloat) ? std::get<double>(value_) : static_cast<double>(integer());
}

const ProvenanceText& Value::text() const {
  static const ProvenanceText& empty = *new ProvenanceText;
  return Is(Type::kText) ? std::get<TextRef>(value_)->text : empty;
}

const List& Value::items() const {
  static const List& empty = *new List;
  if (Is(Type::kTuple)) return std::get<Tuple>(value_).items->list;
  return Is(Type::kList) ? std::get<ListRef>(value_)->list : empty;
}

const Dict& Value::dict() const {
  static const Dict& empty = *new Dict;
  return Is(Type::kDict) ? *std::get<DictRef>(value_) : empty;
}

bool Value::SameAs(const Value& other) const {
  if (type() != other.type()) return false;
  switch (type()) {
    case Type::kNone:
      return true;
    case Type::kBool:
      return boolean() == other.boolean();
    case Type::kList:
    case Type::kTuple:
      return &items() == &other.items();
    case Type::kDict:
      return &dict() == &other.dict();
    case Type::kNamespace:
      return &space() == &other.space();
    case Type::kIterator:
      return &iterator() == &other.iterator();
    case Type::kLoop:
      return &loop() == &other.loop();
    case Type::kCallable:
      return &callable() == &other.callable();
    default:
      return false;
  }
}

std::string_view Value::TypeName() const {
  switch (type()) {
    case Type::kMissing:
    case Type::kUndefined:
      return "Undefined";
    case Type::kNone:
      return "NoneType";
    case Type::kBool:
      return "bool";
    case Type::kInt:
      return "int";
    case Type::kFloat:
      return "float";
    case Type::kText:
      return is_markup() ? "Markup" : "str";
    case Type::kList:
      return "list";
    case Type::kTuple:
      return "tuple";
    case Type::kDict:
      return "dict";
    case Type::kRange:
      return "range";
    case Type::kView:
      return view().kind == View::Kind::kKeys     ? "dict_keys"
             : view().kind == View::Kind::kValues ? "dict_values"
                                                  : "dict_items";
    case Type::kIterator:
      return iterator().TypeName();
    case Type::kNamespace:
      return "TemplateNamespace";
    case Type::kCallable:
      return "function";
    case Type::kLoop:
      return "LoopContext";
  }
  return "";
}

// Tuples that hold one another twice are as long as two to the power of their depth.
constexpr size_t kLongestTupleKey = size_t{1} << 20;

std::optional<std::string> HashKey(const Value& key) {
  switch (key.type()) {
    case Type::kNone:
      return "n";
    case Type::kUndefined:
      return "u";
    case Type::kBool:
    case Type::kInt:
      return Concat("i", key.integer());
    case Type::kFloat: {
      const double number = key.number();
      if (std::trunc(number) == number && std::fabs(number) < 9e18) {
        return Concat("i", static_cast<int64_t>(number));
      }
      return Concat("f", std::string_view(reinterpret_cast<const char*>(&number), sizeof(number)));
    }
    case Type::kText:
      return Concat("s", key.bytes());
    case Type::kTuple: {
      std::string whole = "(";
      for (const Value& item : key.items()) {
        const std::optional<std::string> part = HashKey(item);
        if (!part) return std::nullopt;
        whole += Concat(part->size(), ":", *part);
        if (whole.size() > kLongestTupleKey) return std::nullopt;
      }
      return whole;
    }
    default:
      return std::nullopt;
  }
}

void Dict::Set(const Value& key, Value value) {
  depth_ = std::max({depth_, key.Depth() + 1, value.Depth() + 1});
  const auto [place, is_new] = index_.try_emplace(HashKey(key).value_or(""), entries_.size());
  if (is_new) {
    entries_.emplace_back(key, std::move(value));
  } else {
    entries_[place->second].second = std::move(value);
  }
}

const Value* Dict::Find(const Value& key) const {
  const std::optional<std::string> hash = HashKey(key);
  if (!hash) return nullptr;
  const auto found = index_.find(*hash);
  return found == index_.end() ? nullptr : &entries_[found->second].second;
}

const Value* Dict::Find(std::string_view key) const {
  const auto found = index_.find(Concat("s", key));
  return found == index_.end() ? nullptr : &entries_[found->second].second;
}

}  // namespace rubato::jinja
