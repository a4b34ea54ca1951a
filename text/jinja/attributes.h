// value.name and value[key] as the sandbox of chat templates looks them up, and the methods of Python's
// types.

#pragma once

#include <string_view>

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

// value.name: a method or attribute, or else value["name"], or else undefined.
Value GetAttribute(Run& run, const Value& value, std::string_view name);
// value[key]: an item, or else an attribute of that name, or else undefined.
Value GetItem(Run& run, const Value& value, const Value& key);

// Calls what can be called; anything else is an error.
Value Call(Run& run, const Value& callee, Arguments arguments);

// Whether some type of Python has this method, but none of ours: known to be outside of the subset.
bool IsUnsupportedMethod(std::string_view name);

// What `filter|map(attribute="a.b")` and its like look up: a path of names and numbers, "" for the item
// itself. `otherwise`: in place of what is undefined.
Value GetPath(Run& run, Value item, const Value& path, const Value* otherwise = nullptr);

}  // namespace rubato::jinja
