// Which variable a name means: decided when the template is parsed, as jinja2 decides it.
//
// A for, a set block, a filter block, a with, and every function (macro, call block, generation, the test of
// a loop) has a scope of its own; an if has none.  A name that a scope sets anywhere belongs to that scope
// from its beginning on: it starts with the outer variable's value where there is one (an alias), or empty.
// A name that is only read, and that no scope outside sets either, comes from the context: the caller's
// variables and the globals.
//
// Pure function.

#pragma once

#include <string>

#include "text/jinja/ast.h"

namespace rubato::jinja {

struct ScopeProblem {
  int line = 0;  // 0: there is none
  std::string what;
};

// Fills in places, slots and loads of `program`.
ScopeProblem BindNames(Program* program);

}  // namespace rubato::jinja
