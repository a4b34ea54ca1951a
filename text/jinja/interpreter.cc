#include "text/jinja/interpreter.h"

#include <algorithm>

#include "common/concat.h"
#include "text/jinja/globals.h"
#include "text/jinja/loop_state.h"
#include "text/jinja/operators.h"
#include "text/jinja/python_text.h"

namespace rubato::jinja {

// Gives those values of another iterator that pass a loop's test, when they are asked for.
class Interpreter::TestedIterator : public Iterator {
 public:
  TestedIterator(Interpreter* interpreter, const Statement& loop, Frame* outer, Value iterable,
                 std::shared_ptr<Iterator> items)
      : Iterator(iterable.Depth()),
        interpreter_(*interpreter),
        loop_(loop),
        iterable_(std::move(iterable)),
        items_(std::move(items)),
        frame_{List(loop.test_function.slots), outer} {}

  bool Next(Run& run, Value* value) override {
    if (!has_begun_) interpreter_.Enter(loop_.test_function.scope, &frame_);
    has_begun_ = true;
    while (run.Spend() && items_->Next(run, value)) {
      interpreter_.Assign(*loop_.test_target, *value, &frame_);
      const bool passes = Truth(interpreter_.Evaluate(*loop_.test, &frame_));
      if (run.failed()) return false;
      if (!passes) continue;
      *value = interpreter_.Evaluate(*loop_.test_target, &frame_);
      return !run.failed();
    }
    return false;
  }

 private:
  Interpreter& interpreter_;
  const Statement& loop_;
  const Value iterable_;
  const std::shared_ptr<Iterator> items_;
  Frame frame_;
  bool has_begun_ = false;
};

Interpreter::~Interpreter() {
  for (const std::unique_ptr<Frame>& frame : kept_) frame->slots.clear();
}

ProvenanceText Interpreter::Render(const Program& program) {
  kept_.push_back(std::make_unique<Frame>(Frame{List(program.main.slots), nullptr}));
  Frame* const frame = kept_.back().get();
  Enter(program.main.scope, frame);
  ProvenanceText out;
  Execute(program.body, frame, &out);
  return out;
}

Value& Interpreter::Variable(const VariablePlace& place, Frame* frame) {
  for (int hops = place.hops; hops > 0; --hops) frame = frame->outer;
  return frame->slots[place.slot];
}

Value Interpreter::FromContext(const std::string& name) {
  if (const Value* found = context_.Find(name)) return *found;
  const Value* global = FindGlobal(name);
  return global == nullptr ? Value() : *global;
}

void Interpreter::Enter(const Scope& scope, Frame* frame) {
  for (const Load& load : scope.loads) {
    if (load.kind == Load::Kind::kContext) frame->slots[load.slot] = FromContext(load.name);
    if (load.kind == Load::Kind::kAlias) frame->slots[load.slot] = Variable(load.from, frame);
    if (load.kind == Load::Kind::kMissing) frame->slots[load.slot] = Value();
  }
}

void Interpreter::Leave(const Scope& scope, Frame* frame) {
  for (const Load& load : scope.loads) frame->slots[load.slot] = Value();
}

void Interpreter::Put(const Value& value, ProvenanceText* out) {
  const ProvenanceText text = Str(run_, value);
  if (run_.SpendBytes(text.size()) && run_.Fits(out->size() + text.size())) out->Append(text);
}

Interpreter::Flow Interpreter::Execute(const Body& body, Frame* frame, ProvenanceText* out) {
  for (const auto& statement : body) {
    if (!run_.Spend()) break;
    run_.set_line(statement->line);
    const Flow flow = Execute(*statement, frame, out);
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Interpreter::Flow Interpreter::Execute(const Statement& statement, Frame* frame, ProvenanceText* out) {
  switch (statement.kind) {
    case Statement::Kind::kOutput:
      Write(statement, frame, out);
      return Flow::kNext;
    case Statement::Kind::kFor:
      return ExecuteFor(statement, frame, out);
    case Statement::Kind::kIf:
      return ExecuteIf(statement, frame, out);
    case Statement::Kind::kSet:
      ExecuteSet(statement, frame);
      return Flow::kNext;
    case Statement::Kind::kSetBlock:
      return ExecuteSetBlock(statement, frame);
    case Statement::Kind::kMacro:
      Assign(*statement.target, MakeMacro(statement, statement.name, frame), frame);
      return Flow::kNext;
    case Statement::Kind::kCallBlock: {
      const Value caller = MakeMacro(statement, "", frame);
      Put(EvaluateCall(*statement.value, frame, &caller), out);
      return Flow::kNext;
    }
    case Statement::Kind::kFilterBlock:
      return ExecuteFilterBlock(statement, frame, out);
    case Statement::Kind::kWith:
      return ExecuteWith(statement, frame, out);
    case Statement::Kind::kGeneration:
      ExecuteGeneration(statement, frame, out);
      return Flow::kNext;
    case Statement::Kind::kBreak:
      return Flow::kBreak;
    case Statement::Kind::kContinue:
      return Flow::kContinue;
  }
  return Flow::kNext;
}

void Interpreter::Write(const Statement& output, Frame* frame, ProvenanceText* out) {
  for (const ExpressionPtr& expression : output.expressions) {
    const Value value = Evaluate(*expression, frame);
    run_.set_line(expression->line);
    if (run_.failed()) return;
    Put(value, out);
  }
}

Interpreter::Flow Interpreter::ExecuteFor(const Statement& loop, Frame* frame, ProvenanceText* out) {
  const Value iterable = Evaluate(*loop.value, frame);
  if (run_.failed()) return Flow::kNext;
  std::shared_ptr<Iterator> items = Iterate(run_, iterable);
  const bool is_tested = loop.test != nullptr;
  if (is_tested) items = std::make_shared<TestedIterator>(this, loop, frame, iterable, std::move(items));
  const bool has_length = !is_tested && Length(iterable).has_value();
  const auto state = std::make_shared<LoopState>(iterable, std::move(items), has_length, 0);
  bool has_finished_one = false;  // a round that break or continue ends does not count for `else`
  for (Value item; run_.Spend() && state->Next(run_, &item);) {
    Assign(*loop.target, item, frame);
    frame->slots[loop.loop_slot] = Value::Of(state);
    Enter(loop.scope, frame);
    const Flow flow = Execute(loop.body, frame, out);
    if (flow == Flow::kBreak) break;
    if (flow == Flow::kNext) has_finished_one = true;
  }
  Leave(loop.scope, frame);
  if (has_finished_one || loop.otherwise.empty() || run_.failed()) return Flow::kNext;
  Enter(loop.else_scope, frame);
  const Flow flow = Execute(loop.otherwise, frame, out);
  Leave(loop.else_scope, frame);
  return flow;
}

Interpreter::Flow Interpreter::ExecuteIf(const Statement& choice, Frame* frame, ProvenanceText* out) {
  for (const Branch& branch : choice.branches) {
    const bool holds = branch.test == nullptr || Truth(Evaluate(*branch.test, frame));
    if (run_.failed()) break;
    if (holds) return Execute(branch.body, frame, out);
  }
  return Flow::kNext;
}

void Interpreter::ExecuteSet(const Statement& set, Frame* frame) {
  const auto check = [&](const auto& self, const Expression& target) -> void {
    if (target.kind == Expression::Kind::kNamespaceRef &&
        !Variable(target.place, frame).Is(Type::kNamespace)) {
      run_.Fail(Concat("cannot set an attribute of '", target.name, "', which is no namespace"));
    }
    for (const ExpressionPtr& child : target.children) self(self, *child);
  };
  check(check, *set.target);
  const Value value = Evaluate(*set.value, frame);
  run_.set_line(set.line);
  Assign(*set.target, value, frame);
}

Interpreter::Flow Interpreter::ExecuteSetBlock(const Statement& set, Frame* frame) {
  Enter(set.scope, frame);
  ProvenanceText text;
  const Flow flow = Execute(set.body, frame, &text);
  if (flow != Flow::kNext || run_.failed()) return flow;
  Value value = Value::Of(std::move(text));
  if (set.value != nullptr) value = EvaluateFilter(*set.value, frame, &value);
  Assign(*set.target, value, frame);
  Leave(set.scope, frame);
  return Flow::kNext;
}

Interpreter::Flow Interpreter::ExecuteFilterBlock(const Statement& block, Frame* frame, ProvenanceText* out) {
  Enter(block.scope, frame);
  ProvenanceText text;
  const Flow flow = Execute(block.body, frame, &text);
  if (flow != Flow::kNext || run_.failed()) return flow;
  const Value value = Value::Of(std::move(text));
  Put(EvaluateFilter(*block.value, frame, &value), out);
  Leave(block.scope, frame);
  return Flow::kNext;
}

Interpreter::Flow Interpreter::ExecuteWith(const Statement& with, Frame* frame, ProvenanceText* out) {
  Enter(with.scope, frame);
  for (size_t i = 0; i < with.targets.size(); ++i) {
    Assign(*with.targets[i], Evaluate(*with.expressions[i], frame), frame);
  }
  const Flow flow = Execute(with.body, frame, out);
  Leave(with.scope, frame);
  return flow;
}

void Interpreter::ExecuteGeneration(const Statement& generation, Frame* frame, ProvenanceText* out) {
  const Value body = MakeMacro(generation, "", frame);
  Put(body.callable().call(run_, {}), out);
}

void Interpreter::Assign(const Expression& target, const Value& value, Frame* frame) {
  if (run_.failed()) return;
  if (target.kind == Expression::Kind::kName) {
    Variable(target.place, frame) = value;
  } else if (target.kind == Expression::Kind::kNamespaceRef) {
    const Value& space = Variable(target.place, frame);
    if (!space.Is(Type::kNamespace)) {
      run_.Fail(Concat("cannot set an attribute of '", target.name, "', which is no namespace"));
    } else if (target.attribute.starts_with('_')) {
      run_.Fail(
          Concat("a namespace cannot have the attribute '", target.attribute, "', which begins with '_'"));
    } else {
      space.space().attributes.Set(Value::Trusted(target.attribute), value);
    }
  } else {
    const List items = ToList(run_, value);
    if (run_.failed()) return;
    if (items.size() != target.children.size()) {
      run_.Fail(Concat(items.size(), " values cannot be unpacked into ", target.children.size(), " names"));
      return;
    }
    for (size_t i = 0; i < items.size(); ++i) Assign(*target.children[i], items[i], frame);
  }
}

}  // namespace rubato::jinja
