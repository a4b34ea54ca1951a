// JSON text as a sequence of events, for readers that want what Json drops: the order of an object's members.
//
// Pure function; the same grammar, limits and messages as Json::Parse, which is built on it.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/json.h"

namespace rubato {

class JsonEvents {
 public:
  virtual ~JsonEvents() = default;

  virtual void Null() = 0;
  virtual void Bool(bool value) = 0;
  virtual void Int(int64_t value) = 0;
  virtual void Uint(uint64_t value) = 0;  // beyond int64
  virtual void Double(double value) = 0;
  virtual void String(std::string value) = 0;
  virtual void BeginArray() = 0;
  virtual void EndArray() = 0;
  virtual void BeginObject() = 0;
  virtual void EndObject() = 0;
  // Of the member whose value comes next.  False: it was there already, which ends the parse with an error.
  virtual bool Key(std::string key) = 0;
};

// INVALID_ARGUMENT "NAME:LINE: ..."; events of the part before the error have happened then.
absl::Status ParseJsonEvents(std::string_view text, std::string_view name, const JsonOptions& options,
                             JsonEvents* events);

}  // namespace rubato
