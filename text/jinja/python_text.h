// Values as Python writes them: str(), repr() and json.dumps().  Each text keeps its provenance.
//
// Errors go to the run: what has an address in it cannot be printed, what JSON lacks cannot be dumped.

#pragma once

#include <optional>
#include <string>

#include "text/jinja/provenance_text.h"
#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

// repr() of a float: the shortest digits that read back the same, "1e+16" from there on, "inf", "nan".
std::string FloatText(double value);

ProvenanceText Str(Run& run, const Value& value);
ProvenanceText Repr(Run& run, const Value& value);

struct JsonStyle {
  bool ensure_ascii = false;
  std::optional<std::string> indent;  // of one level; absent: one line
  ProvenanceText item_separator = ProvenanceText(", ");
  ProvenanceText key_separator = ProvenanceText(": ");
  bool sort_keys = false;
};
ProvenanceText JsonText(Run& run, const Value& value, const JsonStyle& style);

}  // namespace rubato::jinja
