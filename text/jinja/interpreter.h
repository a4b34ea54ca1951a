// Runs a program.
//
// One rendering, one thread; the program may be run by several at once.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/jinja/ast.h"
#include "text/jinja/run.h"

namespace rubato::jinja {

class Interpreter {
 public:
  // `context`: what the names of the template that it does not set itself mean, besides the globals.
  Interpreter(Run* run, const Dict* context) : run_(*run), context_(*context) {}
  ~Interpreter();

  // What the template writes; the run says whether that failed.
  ProvenanceText Render(const Program& program);

 private:
  // The variables of one call of a function.
  struct Frame {
    std::vector<Value> slots;
    Frame* outer;
  };
  enum class Flow { kNext, kBreak, kContinue };
  class TestedIterator;

  Flow Execute(const Body& body, Frame* frame, ProvenanceText* out);
  Flow Execute(const Statement& statement, Frame* frame, ProvenanceText* out);
  void Write(const Statement& output, Frame* frame, ProvenanceText* out);
  Flow ExecuteFor(const Statement& loop, Frame* frame, ProvenanceText* out);
  Flow ExecuteIf(const Statement& choice, Frame* frame, ProvenanceText* out);
  void ExecuteSet(const Statement& set, Frame* frame);
  Flow ExecuteSetBlock(const Statement& set, Frame* frame);
  Flow ExecuteFilterBlock(const Statement& block, Frame* frame, ProvenanceText* out);
  Flow ExecuteWith(const Statement& with, Frame* frame, ProvenanceText* out);
  void ExecuteGeneration(const Statement& generation, Frame* frame, ProvenanceText* out);
  void Put(const Value& value, ProvenanceText* out);

  Value MakeMacro(const Statement& definition, std::string name, Frame* frame);
  Value CallMacro(const Statement& definition, const std::string& name, Frame* outer, Arguments arguments);
  bool BindArguments(const Function& function, const std::string& name, Arguments* arguments, Frame* frame);

  Value Evaluate(const Expression& expression, Frame* frame);
  Value EvaluateKind(const Expression& expression, Frame* frame);
  Value EvaluateCall(const Expression& call, Frame* frame, const Value* caller = nullptr);
  Value EvaluateFilter(const Expression& filter, Frame* frame, const Value* block);
  Value EvaluateComparison(const Expression& comparison, Frame* frame);
  Value EvaluateDict(const Expression& dict, Frame* frame);
  List EvaluateAll(const std::vector<ExpressionPtr>& expressions, Frame* frame);
  Arguments EvaluateArguments(const CallArguments& arguments, Frame* frame);
  void Assign(const Expression& target, const Value& value, Frame* frame);

  Value& Variable(const VariablePlace& place, Frame* frame);
  void Enter(const Scope& scope, Frame* frame);
  void Leave(const Scope& scope, Frame* frame);
  Value FromContext(const std::string& name);

  Run& run_;
  const Dict& context_;
  std::vector<std::unique_ptr<Frame>> kept_;  // frames that functions inside of them may still read
  int depth_ = 0;                             // of evaluations in one another
};

}  // namespace rubato::jinja
