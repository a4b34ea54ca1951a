// The arguments of a call, bound to the names of what was called, as Python binds them.
//
//   const Parameters given(run, arguments, "indent", {"s", "width", "first", "blank"}, 1);
//
// The first `required` ones must be there.  An error (too many, unknown, twice, missing) goes to the run.

#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

class Parameters {
 public:
  Parameters(Run& run, const Arguments& arguments, std::string_view callee,
             std::initializer_list<std::string_view> names, size_t required = 0);

  bool Has(size_t i) const { return i < values_.size() && values_[i].has_value(); }
  const Value& operator[](size_t i) const;
  // The argument as one type; `otherwise` when it is absent.  Another type is an error of the run.  Whole
  // numbers are clamped to 2^61.
  int64_t Integer(size_t i, int64_t otherwise);
  ProvenanceText Text(size_t i, std::string_view otherwise);
  bool Boolean(size_t i, bool otherwise) const;

 private:
  Value Wrong(size_t i, std::string_view needed);

  Run& run_;
  const std::string_view callee_;
  std::vector<std::string_view> names_;
  std::vector<std::optional<Value>> values_;
};

}  // namespace rubato::jinja
