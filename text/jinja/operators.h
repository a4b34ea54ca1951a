// What Python's operators and protocols do to values: truth, equality, order, arithmetic, membership, length,
// iteration, slices.
//
// Errors go to the run; the result of a failed operation means nothing.

#pragma once

#include <memory>
#include <string_view>

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

enum class Operator { kAdd, kSubtract, kMultiply, kDivide, kFloorDivide, kModulo, kPower };
enum class Comparison { kEqual, kUnequal, kLess, kLessEqual, kGreater, kGreaterEqual, kIn, kNotIn };

bool Truth(const Value& value);
bool Equals(Run& run, const Value& a, const Value& b);
bool LessThan(Run& run, const Value& a, const Value& b);
bool Compare(Run& run, Comparison comparison, const Value& a, const Value& b);
bool Contains(Run& run, const Value& container, const Value& item);

Value Arithmetic(Run& run, Operator op, const Value& a, const Value& b);
Value Negative(Run& run, const Value& value);
Value Positive(Run& run, const Value& value);

// Nothing, without an error: the value has no length.
std::optional<int64_t> Length(const Value& value);
// An error where Python's iter() has one.
std::shared_ptr<Iterator> Iterate(Run& run, const Value& value);
// Over the items of a list, which it shares.
std::shared_ptr<Iterator> OverItems(Value list);
bool IsIterable(const Value& value);
// All that Iterate gives.
List ToList(Run& run, const Value& value);
// The whole thing backwards, as reversed() gives it; null without an error: it cannot be reversed.
std::shared_ptr<Iterator> Reversed(Run& run, const Value& value);

// value[start:stop:step]; None stands for what is left out.
Value Slice(Run& run, const Value& value, const Value& start, const Value& stop, const Value& step);
// value[index] of a sequence, a text or a range; nothing, without an error: the index is outside.
std::optional<Value> ItemAt(Run& run, const Value& value, int64_t index);

// Text with &, <, >, ' and " written as HTML does, unless it is markup.
Value Escape(Run& run, const Value& value);

}  // namespace rubato::jinja
