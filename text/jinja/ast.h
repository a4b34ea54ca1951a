// A parsed template: expressions and statements, with every name bound to the place of its variable.
//
// Built by the parser, bound by scopes.h, then immutable: any thread may run it.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "text/jinja/filters.h"
#include "text/jinja/operators.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

// A variable: `hops` functions outwards, in its `slot`.
struct VariablePlace {
  int hops = 0;
  int slot = 0;
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct CallArguments {
  std::vector<ExpressionPtr> positional;
  std::vector<std::pair<std::string, ExpressionPtr>> named;
  ExpressionPtr star;         // *star
  ExpressionPtr double_star;  // **double_star
};

struct Expression {
  enum class Kind {
    kConstant,
    kName,          // `name` at `place`
    kNamespaceRef,  // a target: `name`.`attribute`
    kTuple,
    kList,
    kDict,       // children: key, value, key, value
    kAttribute,  // children[0].`name`
    kItem,       // children[0][children[1]]
    kSlice,      // children[0][children[1]:children[2]:children[3]]; constants None where left out
    kCall,       // children[0](arguments)
    kFilter,     // children[0] | filter(arguments); without children: of the text of a block
    kTest,       // children[0] is test(arguments)
    kNot,
    kNegative,
    kPositive,
    kArithmetic,
    kAnd,
    kOr,
    kConcatenation,
    kComparison,   // children[0] comparisons[0] children[1] comparisons[1] ...
    kConditional,  // children[0] if children[1] else children[2], the last may be absent
  };
  Kind kind;
  int line = 0;
  int depth = 1;  // of expressions in one another
  Value constant;
  std::string name;
  std::string attribute;
  std::vector<ExpressionPtr> children;
  CallArguments arguments;
  Operator op = Operator::kAdd;
  std::vector<Comparison> comparisons;
  Filter filter = nullptr;
  Test test = nullptr;
  VariablePlace place;
};

// What happens to a variable when its scope is entered.
struct Load {
  enum class Kind { kParameter, kContext, kAlias, kMissing };
  Kind kind;
  int slot;
  VariablePlace from;  // of kAlias
  std::string name;    // of kContext
};

struct Scope {
  std::vector<Load> loads;
};

struct Statement;
using Body = std::vector<std::unique_ptr<Statement>>;

// A function of its own: a macro, the body of a call block, the test of a loop.
struct Function {
  int slots = 0;
  bool has_inner = false;  // functions that may outlive a call of this one
  Scope scope;
  std::vector<std::string> parameters;
  std::vector<int> parameter_slots;
  std::vector<ExpressionPtr> defaults;                        // of the last parameters
  int caller_slot = -1, kwargs_slot = -1, varargs_slot = -1;  // -1: not used
};

struct Branch {
  ExpressionPtr test;  // null: else
  Body body;
};

struct Statement {
  enum class Kind {
    kOutput,       // expressions, one after the other
    kFor,          // target in value if test
    kIf,           // branches
    kSet,          // target = value
    kSetBlock,     // target = body | value
    kMacro,        // name(function)
    kCallBlock,    // value is the call, function the caller
    kFilterBlock,  // body | value
    kWith,         // targets = values
    kGeneration,   // body, as a function of its own
    kBreak,
    kContinue,
  };
  Kind kind;
  int line = 0;
  std::vector<ExpressionPtr> expressions;  // of kOutput; values of kWith
  std::vector<ExpressionPtr> targets;      // of kWith
  ExpressionPtr target;
  ExpressionPtr value;
  ExpressionPtr test;         // of kFor
  ExpressionPtr test_target;  // the target once more, bound in test_function
  std::string name;
  Body body;
  Body otherwise;  // of kFor
  std::vector<Branch> branches;
  Scope scope;       // of body
  Scope else_scope;  // of otherwise
  int loop_slot = -1;
  Function function;
  Function test_function;
};

struct Program {
  Body body;
  Function main;
};

}  // namespace rubato::jinja
