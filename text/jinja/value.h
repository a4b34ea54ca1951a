// The values of a template, as Python has them: what Jinja computes with.
//
// Values are immutable and shared, except namespaces and iterators, which belong to one rendering.  A value
// that a template holds as a constant may be read by any thread.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "text/jinja/provenance_text.h"

namespace rubato::jinja {

class Run;
class Value;
class Dict;
struct Namespace;
struct Callable;
class Iterator;
struct LoopState;

using List = std::vector<Value>;

enum class Type {
  kMissing,  // of a variable that was never set; no expression has this value
  kUndefined,
  kNone,
  kBool,
  kInt,
  kFloat,
  kText,
  kList,
  kTuple,
  kDict,
  kRange,
  kView,
  kIterator,
  kNamespace,
  kCallable,
  kLoop,
};

// What a missing variable or attribute is.  Printing it writes nothing; most uses fail with `message`.
struct Undefined {
  std::string message;
};

// A string; one that is `markup` escapes what is added to it (`safe`, `escape`).
struct TextValue {
  ProvenanceText text;
  bool markup = false;
};

struct Range {
  int64_t start = 0;
  int64_t stop = 0;
  int64_t step = 1;
  int64_t size() const;
};

// What keys(), values() and items() of a dictionary give.
struct View {
  enum class Kind { kKeys, kValues, kItems };
  std::shared_ptr<const Dict> dict;
  Kind kind;
  List ToList() const;
};

class Value {
 public:
  Value() : value_(Missing{}) {}
  static Value MakeUndefined(std::string message);
  static Value None() { return Value(Storage(std::in_place_type<NoneType>)); }
  static Value Of(bool value) { return Value(Storage(value)); }
  static Value Of(int64_t value) { return Value(Storage(value)); }
  static Value Of(double value) { return Value(Storage(value)); }
  static Value Of(ProvenanceText text, bool markup = false);
  static Value Trusted(std::string text) { return Of(ProvenanceText(std::move(text))); }
  static Value MakeList(List items);
  static Value MakeTuple(List items);
  static Value Of(Dict dict);
  static Value Of(std::shared_ptr<const Dict> dict) { return Value(Storage(std::move(dict))); }
  static Value Of(Range range) { return Value(Storage(range)); }
  static Value Of(View view) { return Value(Storage(std::move(view))); }
  static Value Of(std::shared_ptr<Iterator> iterator) { return Value(Storage(std::move(iterator))); }
  static Value Of(std::shared_ptr<Namespace> space) { return Value(Storage(std::move(space))); }
  static Value Of(Callable callable);
  static Value Of(std::shared_ptr<LoopState> loop) { return Value(Storage(std::move(loop))); }

  Type type() const { return static_cast<Type>(value_.index()); }
  bool Is(Type type) const { return this->type() == type; }
  bool is_sequence() const { return Is(Type::kList) || Is(Type::kTuple); }
  bool is_markup() const { return Is(Type::kText) && std::get<TextRef>(value_)->markup; }
  // bool is a kind of int, as in Python.
  bool is_integer() const { return Is(Type::kInt) || Is(Type::kBool); }
  bool is_number() const { return is_integer() || Is(Type::kFloat); }

  // Each of the type it says; of another type, an empty one.
  const std::string& undefined_message() const;
  bool boolean() const { return Is(Type::kBool) && std::get<bool>(value_); }
  int64_t integer() const;  // of an int or bool
  double number() const;    // of a number
  const ProvenanceText& text() const;
  const std::string& bytes() const { return text().bytes(); }
  const List& items() const;  // of a list or tuple
  const Dict& dict() const;
  std::shared_ptr<const Dict> shared_dict() const { return std::get<DictRef>(value_); }
  const Range& range() const { return std::get<Range>(value_); }
  const View& view() const { return std::get<View>(value_); }
  Iterator& iterator() const { return *std::get<std::shared_ptr<Iterator>>(value_); }
  std::shared_ptr<Iterator> shared_iterator() const { return std::get<std::shared_ptr<Iterator>>(value_); }
  Namespace& space() const { return *std::get<std::shared_ptr<Namespace>>(value_); }
  const Callable& callable() const { return *std::get<CallableRef>(value_); }
  LoopState& loop() const { return *std::get<std::shared_ptr<LoopState>>(value_); }

  // Python's `is`, where both have an identity worth asking for.
  bool SameAs(const Value& other) const;
  // How deep values are nested in this one; bounded by the interpreter, so that nobody recurses too deep.
  int Depth() const;
  // As Python names the type: "str", "NoneType".
  std::string_view TypeName() const;

 private:
  struct Missing {
    bool operator==(const Missing&) const = default;
  };
  struct NoneType {
    bool operator==(const NoneType&) const = default;
  };
  struct Items {
    List list;
    int depth;
  };
  static std::shared_ptr<const Items> Box(List items);
  struct Tuple {
    std::shared_ptr<const Items> items;
  };
  using TextRef = std::shared_ptr<const TextValue>;
  using ListRef = std::shared_ptr<const Items>;
  using DictRef = std::shared_ptr<const Dict>;
  using CallableRef = std::shared_ptr<const Callable>;
  // In the order of Type.
  using Storage = std::variant<Missing, std::shared_ptr<const Undefined>, NoneType, bool, int64_t, double,
                               TextRef, ListRef, Tuple, DictRef, Range, View, std::shared_ptr<Iterator>,
                               std::shared_ptr<Namespace>, CallableRef, std::shared_ptr<LoopState>>;
  explicit Value(Storage value) : value_(std::move(value)) {}
  Storage value_;
};

// Keys in the order in which they were added; a key set again keeps its place.
class Dict {
 public:
  using Entry = std::pair<Value, Value>;
  const std::vector<Entry>& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }
  // `key` must be hashable (HashKey).
  void Set(const Value& key, Value value);
  const Value* Find(const Value& key) const;
  const Value* Find(std::string_view key) const;
  int depth() const { return depth_; }

 private:
  std::vector<Entry> entries_;
  std::unordered_map<std::string, size_t> index_;
  int depth_ = 1;
};

// The same for keys that Python holds to be equal (1, 1.0 and True); nothing for what has no hash,
// and for tuples of more than a megabyte.
std::optional<std::string> HashKey(const Value& key);

struct Namespace {
  Dict attributes;
};

struct Arguments {
  List positional;
  std::vector<std::pair<std::string, Value>> named;
};

struct Callable {
  std::string name;
  std::function<Value(Run&, Arguments)> call;
  std::string repr;  // empty: it has an address in it, and is not printed
  int depth = 0;     // of what it is bound to
};

// Gives its values once.
class Iterator {
 public:
  explicit Iterator(int depth = 0) : depth_(depth) {}
  virtual ~Iterator() = default;
  // False: there are no more, or the run has failed.
  virtual bool Next(Run& run, Value* value) = 0;
  virtual std::string_view TypeName() const { return "generator"; }
  int depth() const { return depth_; }

 private:
  const int depth_;  // of what it goes over
};

}  // namespace rubato::jinja
