// Macros, and the bodies that are called as macros are: call blocks and generation blocks.

#include "common/concat.h"
#include "text/jinja/interpreter.h"

namespace rubato::jinja {

Value Interpreter::MakeMacro(const Statement& definition, std::string name, Frame* frame) {
  std::string repr = name.empty() ? "<Macro anonymous>" : Concat("<Macro '", name, "'>");
  return Value::Of(Callable{.name = name,
                            .call =
                                [this, &definition, name, frame](Run&, Arguments arguments) {
                                  return CallMacro(definition, name, frame, std::move(arguments));
                                },
                            .repr = std::move(repr),
                            .depth = 0});
}

Value Interpreter::CallMacro(const Statement& definition, const std::string& name, Frame* outer,
                             Arguments arguments) {
  const Function& function = definition.function;
  if (!run_.EnterCall() || !run_.Spend(1 + function.slots)) return Value::MakeUndefined("");
  auto owned = std::make_unique<Frame>(Frame{List(function.slots), outer});
  Frame* const frame = owned.get();
  if (function.has_inner) kept_.push_back(std::move(owned));
  ProvenanceText text;
  if (BindArguments(function, name, &arguments, frame)) Execute(definition.body, frame, &text);
  run_.LeaveCall();
  return run_.Make(std::move(text));
}

bool Interpreter::BindArguments(const Function& function, const std::string& name, Arguments* arguments,
                                Frame* frame) {
  const size_t count = function.parameters.size();
  List& given = arguments->positional;
  const auto take = [&](const std::string& key) {
    for (auto named = arguments->named.begin(); named != arguments->named.end(); ++named) {
      if (named->first != key) continue;
      Value value = std::move(named->second);
      arguments->named.erase(named);
      return value;
    }
    return Value();
  };
  for (size_t i = 0; i < count; ++i) {
    frame->slots[function.parameter_slots[i]] = i < given.size() ? given[i] : take(function.parameters[i]);
  }
  if (function.caller_slot >= 0) {
    Value caller = take("caller");
    if (caller.Is(Type::kMissing) || caller.Is(Type::kNone))
      caller = Value::MakeUndefined("No caller defined");
    frame->slots[function.caller_slot] = std::move(caller);
  }
  if (function.kwargs_slot >= 0) {
    Dict rest;
    for (const auto& [key, value] : arguments->named) rest.Set(Value::Trusted(key), value);
    frame->slots[function.kwargs_slot] = Value::Of(std::move(rest));
  } else if (!arguments->named.empty()) {
    run_.Fail(Concat("macro '", name, "' takes no keyword argument '", arguments->named[0].first, "'"));
  }
  if (function.varargs_slot >= 0) {
    List rest(given.begin() + static_cast<ptrdiff_t>(std::min(count, given.size())), given.end());
    frame->slots[function.varargs_slot] = Value::MakeTuple(std::move(rest));
  } else if (given.size() > count) {
    run_.Fail(Concat("macro '", name, "' takes not more than ", count, " arguments"));
  }
  Enter(function.scope, frame);
  const size_t first_default = count - function.defaults.size();
  for (size_t i = 0; i < count && !run_.failed(); ++i) {
    const int slot = function.parameter_slots[i];
    if (!frame->slots[slot].Is(Type::kMissing)) continue;
    Value value =
        i < first_default
            ? Value::MakeUndefined(Concat("parameter '", function.parameters[i], "' was not provided"))
            : Evaluate(*function.defaults[i - first_default], frame);
    frame->slots[slot] = std::move(value);
  }
  return !run_.failed();
}

}  // namespace rubato::jinja
