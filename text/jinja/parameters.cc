#include "text/jinja/parameters.h"

#include <algorithm>

#include "common/concat.h"
#include "text/jinja/operators.h"

namespace rubato::jinja {

Parameters::Parameters(Run& run, const Arguments& arguments, std::string_view callee,
                       std::initializer_list<std::string_view> names, size_t required)
    : run_(run), callee_(callee), names_(names), values_(names.size()) {
  if (arguments.positional.size() > names.size()) {
    run.Fail(
        Concat(callee, "() takes at most ", names.size(), " arguments, not ", arguments.positional.size()));
    return;
  }
  std::copy(arguments.positional.begin(), arguments.positional.end(), values_.begin());
  for (const auto& [name, value] : arguments.named) {
    const size_t at = std::find(names_.begin(), names_.end(), name) - names_.begin();
    if (at == names_.size() || values_[at]) {
      run.Fail(Concat(callee, "() ", at == names_.size() ? "has no" : "is given twice its", " argument '",
                      name, "'"));
      return;
    }
    values_[at] = value;
  }
  for (size_t i = 0; i < required; ++i) {
    if (!values_[i]) run.Fail(Concat(callee, "() needs its argument '", names_[i], "'"));
  }
}

const Value& Parameters::operator[](size_t i) const {
  static const Value& none = *new Value(Value::None());
  return Has(i) ? *values_[i] : none;
}

Value Parameters::Wrong(size_t i, std::string_view needed) {
  const Value& given = (*this)[i];
  if (given.Is(Type::kUndefined)) return run_.FailUndefined(given);
  return run_.Fail(
      Concat("argument '", names_[i], "' of ", callee_, "() is ", given.TypeName(), ", not ", needed));
}

int64_t Parameters::Integer(size_t i, int64_t otherwise) {
  if (!Has(i)) return otherwise;
  if (!(*this)[i].is_integer()) Wrong(i, "a whole number");
  // Widths, counts and positions: more than this is as good as this, and sums of a few of them do not
  // overflow.
  constexpr int64_t kFar = INT64_C(1) << 61;
  return std::clamp((*this)[i].integer(), -kFar, kFar);
}

ProvenanceText Parameters::Text(size_t i, std::string_view otherwise) {
  if (!Has(i)) return ProvenanceText(std::string(otherwise));
  if (!(*this)[i].Is(Type::kText)) Wrong(i, "a text");
  return (*this)[i].text();
}

bool Parameters::Boolean(size_t i, bool otherwise) const { return Has(i) ? Truth((*this)[i]) : otherwise; }

}  // namespace rubato::jinja
