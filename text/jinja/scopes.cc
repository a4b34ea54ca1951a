#include "text/jinja/scopes.h"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>

#include "common/concat.h"

namespace rubato::jinja {
namespace {

// A function under construction: gives slots to the variables of its scopes. Scopes beside one another share
// them, as Python's local variables of the same name.
struct FunctionSlots {
  FunctionSlots* outer;
  std::map<std::pair<int, std::string>, int> slots;  // by level and name

  int SlotFor(int level, const std::string& name) {
    return slots.try_emplace({level, name}, static_cast<int>(slots.size())).first->second;
  }
};

struct Reference {
  FunctionSlots* function;
  int slot;
};

// The names that one scope knows.
class Symbols {
 public:
  Symbols(const Symbols* parent, FunctionSlots* function)
      : parent_(parent), function_(function), level_(parent == nullptr ? 0 : parent->level_ + 1) {}

  std::optional<Reference> Find(const std::string& name) const {
    if (const auto found = slots_.find(name); found != slots_.end())
      return Reference{function_, found->second};
    return parent_ == nullptr ? std::nullopt : parent_->Find(name);
  }

  int DeclareParameter(const std::string& name) {
    stores_.insert(name);
    return Define(name, {Load::Kind::kParameter, 0, {}, ""});
  }

  void Store(const std::string& name) {
    stores_.insert(name);
    if (slots_.contains(name)) return;
    const std::optional<Reference> outer = parent_ == nullptr ? std::nullopt : parent_->Find(name);
    Define(name, outer ? Alias(*outer) : Load{Load::Kind::kMissing, 0, {}, ""});
  }

  void LoadName(const std::string& name) {
    if (!Find(name)) Define(name, {Load::Kind::kContext, 0, {}, name});
  }

  // What a statement's branches did: names that only some of them set keep their old value otherwise.
  void Merge(const std::vector<Symbols>& branches) {
    std::set<std::string> stored;
    for (const Symbols& branch : branches) stored.insert(branch.stores_.begin(), branch.stores_.end());
    for (const std::string& name : stores_) stored.erase(name);
    for (const Symbols& branch : branches) {
      for (const auto& [name, slot] : branch.slots_) slots_[name] = slot;
      for (const auto& [slot, load] : branch.loads_) loads_[slot] = load;
      stores_.insert(branch.stores_.begin(), branch.stores_.end());
    }
    for (const std::string& name : stored) {
      const std::optional<Reference> outer = parent_ == nullptr ? std::nullopt : parent_->Find(name);
      Define(name, outer ? Alias(*outer) : Load{Load::Kind::kContext, 0, {}, name});
    }
  }

  VariablePlace PlaceOf(const Reference& reference) const {
    int hops = 0;
    for (const FunctionSlots* f = function_; f != reference.function; f = f->outer) ++hops;
    return {hops, reference.slot};
  }

  VariablePlace PlaceOf(const std::string& name) const { return PlaceOf(*Find(name)); }
  FunctionSlots* function() const { return function_; }

  Scope ToScope() const {
    Scope scope;
    for (const auto& [slot, load] : loads_) scope.loads.push_back(load);
    return scope;
  }

 private:
  Load Alias(const Reference& outer) const { return {Load::Kind::kAlias, 0, PlaceOf(outer), ""}; }

  int Define(const std::string& name, Load load) {
    const int slot = function_->SlotFor(level_, name);
    slots_[name] = slot;
    load.slot = slot;
    loads_[slot] = std::move(load);
    return slot;
  }

  const Symbols* parent_;
  FunctionSlots* function_;
  int level_;
  std::map<std::string, int> slots_;
  std::map<int, Load> loads_;
  std::set<std::string> stores_;
};

using Visit = std::function<void(Expression*)>;

void ForArguments(CallArguments* arguments, const Visit& visit) {
  for (ExpressionPtr& argument : arguments->positional) visit(argument.get());
  for (auto& [name, value] : arguments->named) visit(value.get());
  if (arguments->star != nullptr) visit(arguments->star.get());
  if (arguments->double_star != nullptr) visit(arguments->double_star.get());
}

// The expression and all inside of it.
void ForAll(Expression* expression, const Visit& visit) {
  if (expression == nullptr) return;
  visit(expression);
  const Visit inner = [&](Expression* child) { ForAll(child, visit); };
  for (ExpressionPtr& child : expression->children) inner(child.get());
  ForArguments(&expression->arguments, inner);
}

// What a scope's own text reads and sets, without the scopes inside of it.
class Collector {
 public:
  explicit Collector(Symbols* symbols) : symbols_(symbols) {}

  void Read(Expression* expression) {
    ForAll(expression, [this](Expression* node) {
      if (node->kind == Expression::Kind::kName) symbols_->LoadName(node->name);
    });
  }

  void Set(Expression* target) {
    ForAll(target, [this](Expression* node) {
      if (node->kind == Expression::Kind::kName) symbols_->Store(node->name);
      if (node->kind == Expression::Kind::kNamespaceRef) symbols_->LoadName(node->name);
    });
  }

  void Parameter(Expression* target) {
    ForAll(target, [this](Expression* node) {
      if (node->kind == Expression::Kind::kName) symbols_->DeclareParameter(node->name);
    });
  }

  void Read(const Body& body) {
    for (const auto& statement : body) Read(statement.get());
  }

 private:
  void Read(Statement* statement) {
    switch (statement->kind) {
      case Statement::Kind::kOutput:
      case Statement::Kind::kWith:
        for (ExpressionPtr& expression : statement->expressions) Read(expression.get());
        return;
      case Statement::Kind::kFor:
      case Statement::Kind::kCallBlock:
      case Statement::Kind::kFilterBlock:
        return Read(statement->value.get());
      case Statement::Kind::kSet:
        Read(statement->value.get());
        return Set(statement->target.get());
      case Statement::Kind::kSetBlock:
      case Statement::Kind::kMacro:
        return Set(statement->target.get());
      case Statement::Kind::kIf:
        return ReadIf(statement->branches, 0);
      case Statement::Kind::kGeneration:
      case Statement::Kind::kBreak:
      case Statement::Kind::kContinue:
        return;
    }
  }

  // jinja2 sees the test, then what holds if it does, the elifs, and else as branches beside one another.
  void ReadIf(std::vector<Branch>& branches, size_t first) {
    Read(branches[first].test.get());
    std::vector<Symbols> seen;
    const auto inside = [&](const std::function<void(Collector*)>& read) {
      seen.push_back(*symbols_);
      Collector collector(&seen.back());
      read(&collector);
    };
    seen.reserve(3);
    inside([&](Collector* collector) { collector->Read(branches[first].body); });
    const bool has_else = first == 0 && branches.back().test == nullptr;
    inside([&](Collector* collector) {
      if (first > 0) return;
      for (size_t i = 1; i + (has_else ? 1 : 0) < branches.size(); ++i) collector->ReadIf(branches, i);
    });
    inside([&](Collector* collector) {
      if (has_else) collector->Read(branches.back().body);
    });
    symbols_->Merge(seen);
  }

  Symbols* const symbols_;
};

// Which of `names` the statements read before they set them, scopes inside included.
class Undeclared {
 public:
  Undeclared(const Body& body, std::initializer_list<std::string> names) : open_(names) { Look(body); }
  bool Has(const std::string& name) const { return found_.contains(name); }

 private:
  void Look(Expression* expression, bool is_target = false) {
    ForAll(expression, [this, is_target](Expression* node) {
      if (node->kind != Expression::Kind::kName) return;
      if (is_target) {
        open_.erase(node->name);
      } else if (open_.contains(node->name)) {
        found_.insert(node->name);
      }
    });
  }

  void Look(const Body& body) {
    for (const auto& statement : body) {
      // In the order in which jinja2's nodes have their fields.
      Look(statement->target.get(), true);
      for (ExpressionPtr& target : statement->targets) Look(target.get(), true);
      if (statement->kind != Statement::Kind::kFilterBlock && statement->kind != Statement::Kind::kSetBlock) {
        Look(statement->value.get());
      }
      for (ExpressionPtr& expression : statement->expressions) Look(expression.get());
      for (const std::string& parameter : statement->function.parameters) open_.erase(parameter);
      for (ExpressionPtr& value : statement->function.defaults) Look(value.get());
      if (statement->kind == Statement::Kind::kSetBlock) Look(statement->value.get());
      Look(statement->body);
      Look(statement->otherwise);
      Look(statement->test.get());
      for (Branch& branch : statement->branches) {
        Look(branch.test.get());
        Look(branch.body);
      }
      if (statement->kind == Statement::Kind::kFilterBlock) Look(statement->value.get());
    }
  }

  std::set<std::string> open_;
  std::set<std::string> found_;
};

class Binder {
 public:
  ScopeProblem Bind(Program* program) {
    FunctionSlots slots{nullptr, {}};
    Symbols symbols(nullptr, &slots);
    Collector(&symbols).Read(program->body);
    functions_[&slots] = &program->main;
    BindBody(program->body, symbols);
    program->main.scope = Checked(symbols, 1);
    program->main.slots = static_cast<int>(slots.slots.size());
    return problem_;
  }

 private:
  void Fail(int line, std::string what) {
    if (problem_.line == 0) problem_ = {std::max(line, 1), std::move(what)};
  }

  // What jinja2 puts into the context and this subset lacks cannot come from there.
  Scope Checked(const Symbols& symbols, int line) {
    Scope scope = symbols.ToScope();
    for (const Load& load : scope.loads) {
      const bool is_lacking =
          load.name == "cycler" || load.name == "joiner" || load.name == "lipsum" || load.name == "self";
      if (load.kind == Load::Kind::kContext && is_lacking) {
        Fail(line_of_.contains(load.name) ? line_of_[load.name] : line,
             Concat("'", load.name, "' is not supported"));
      }
    }
    return scope;
  }

  void BindExpression(Expression* expression, const Symbols& symbols) {
    ForAll(expression, [&](Expression* node) {
      if (node->kind != Expression::Kind::kName && node->kind != Expression::Kind::kNamespaceRef) return;
      node->place = symbols.PlaceOf(node->name);
      line_of_.try_emplace(node->name, node->line);
    });
  }

  void BindBody(const Body& body, const Symbols& symbols) {
    for (const auto& statement : body) BindStatement(statement.get(), symbols);
  }

  void BindStatement(Statement* statement, const Symbols& symbols) {
    switch (statement->kind) {
      case Statement::Kind::kOutput:
        for (ExpressionPtr& expression : statement->expressions) BindExpression(expression.get(), symbols);
        return;
      case Statement::Kind::kFor:
        return BindFor(statement, symbols);
      case Statement::Kind::kIf:
        for (Branch& branch : statement->branches) {
          BindExpression(branch.test.get(), symbols);
          BindBody(branch.body, symbols);
        }
        return;
      case Statement::Kind::kSet:
        BindExpression(statement->value.get(), symbols);
        return BindExpression(statement->target.get(), symbols);
      case Statement::Kind::kSetBlock:
        BindExpression(statement->target.get(), symbols);
        return BindInner(statement, symbols);
      case Statement::Kind::kFilterBlock:
        return BindInner(statement, symbols);
      case Statement::Kind::kMacro:
        BindExpression(statement->target.get(), symbols);
        return BindFunction(statement, symbols);
      case Statement::Kind::kCallBlock:
        BindExpression(statement->value.get(), symbols);
        return BindFunction(statement, symbols);
      case Statement::Kind::kGeneration:
        return BindFunction(statement, symbols);
      case Statement::Kind::kWith:
        return BindWith(statement, symbols);
      case Statement::Kind::kBreak:
      case Statement::Kind::kContinue:
        return;
    }
  }

  // A set block or a filter block.
  void BindInner(Statement* statement, const Symbols& outer) {
    Symbols symbols(&outer, outer.function());
    Collector collector(&symbols);
    collector.Read(statement->body);
    collector.Read(statement->value.get());
    BindBody(statement->body, symbols);
    BindExpression(statement->value.get(), symbols);
    statement->scope = Checked(symbols, statement->line);
  }

  void BindWith(Statement* statement, const Symbols& outer) {
    Symbols symbols(&outer, outer.function());
    Collector collector(&symbols);
    for (ExpressionPtr& target : statement->targets) collector.Parameter(target.get());
    collector.Read(statement->body);
    for (ExpressionPtr& target : statement->targets) BindExpression(target.get(), symbols);
    for (ExpressionPtr& value : statement->expressions) BindExpression(value.get(), outer);
    BindBody(statement->body, symbols);
    statement->scope = Checked(symbols, statement->line);
  }

  void BindFor(Statement* loop, const Symbols& outer) {
    ForbidSettingLoop(*loop);
    BindExpression(loop->value.get(), outer);
    Symbols symbols(&outer, outer.function());
    loop->loop_slot = symbols.DeclareParameter("loop");
    Collector collector(&symbols);
    collector.Parameter(loop->target.get());
    collector.Read(loop->body);
    BindExpression(loop->target.get(), symbols);
    BindBody(loop->body, symbols);
    loop->scope = Checked(symbols, loop->line);

    Symbols else_symbols(&outer, outer.function());
    Collector(&else_symbols).Read(loop->otherwise);
    BindBody(loop->otherwise, else_symbols);
    loop->else_scope = Checked(else_symbols, loop->line);
    if (loop->test == nullptr) return;

    FunctionSlots slots{outer.function(), {}};
    Symbols test_symbols(&outer, &slots);
    Collector test_collector(&test_symbols);
    test_collector.Parameter(loop->test_target.get());
    test_collector.Read(loop->test.get());
    BindExpression(loop->test_target.get(), test_symbols);
    BindExpression(loop->test.get(), test_symbols);
    loop->test_function.scope = Checked(test_symbols, loop->line);
    loop->test_function.slots = static_cast<int>(slots.slots.size());
    MarkOuter(outer.function());
  }

  void BindFunction(Statement* statement, const Symbols& outer) {
    Function& function = statement->function;
    FunctionSlots slots{outer.function(), {}};
    functions_[&slots] = &function;
    Symbols symbols(&outer, &slots);
    Collector collector(&symbols);
    for (const std::string& parameter : function.parameters) symbols.DeclareParameter(parameter);
    for (ExpressionPtr& value : function.defaults) collector.Read(value.get());
    collector.Read(statement->body);
    DeclareSpecial(statement, &symbols);
    for (const std::string& parameter : function.parameters) {
      function.parameter_slots.push_back(symbols.PlaceOf(parameter).slot);
    }
    for (ExpressionPtr& value : function.defaults) BindExpression(value.get(), symbols);
    BindBody(statement->body, symbols);
    function.scope = Checked(symbols, statement->line);
    function.slots = static_cast<int>(slots.slots.size());
    functions_.erase(&slots);
    MarkOuter(outer.function());
  }

  void DeclareSpecial(Statement* statement, Symbols* symbols) {
    if (statement->kind == Statement::Kind::kGeneration) return;
    Function& function = statement->function;
    const auto is_parameter = [&](std::string_view name) {
      return std::find(function.parameters.begin(), function.parameters.end(), name) !=
             function.parameters.end();
    };
    const Undeclared undeclared(statement->body, {"caller", "kwargs", "varargs"});
    if (is_parameter("caller")) {
      Fail(statement->line, "a parameter named 'caller' is not supported");
    } else if (undeclared.Has("caller")) {
      function.caller_slot = symbols->DeclareParameter("caller");
    }
    if (undeclared.Has("kwargs") && !is_parameter("kwargs"))
      function.kwargs_slot = symbols->DeclareParameter("kwargs");
    if (undeclared.Has("varargs") && !is_parameter("varargs"))
      function.varargs_slot = symbols->DeclareParameter("varargs");
  }

  void MarkOuter(FunctionSlots* function) {
    if (const auto found = functions_.find(function); found != functions_.end())
      found->second->has_inner = true;
  }

  void ForbidSettingLoop(const Statement& statement) {
    const auto check = [&](Expression* target) {
      ForAll(target, [&](Expression* node) {
        if (node->kind == Expression::Kind::kName && node->name == "loop") {
          Fail(node->line, "the special variable 'loop' cannot be set inside of a loop");
        }
      });
    };
    check(statement.target.get());
    for (const ExpressionPtr& target : statement.targets) check(target.get());
    for (const auto& inner : statement.body) ForbidSettingLoop(*inner);
    for (const auto& inner : statement.otherwise) ForbidSettingLoop(*inner);
    for (const Branch& branch : statement.branches) {
      for (const auto& inner : branch.body) ForbidSettingLoop(*inner);
    }
  }

  std::map<FunctionSlots*, Function*> functions_;
  std::map<std::string, int> line_of_;
  ScopeProblem problem_;
};

}  // namespace

ScopeProblem BindNames(Program* program) { return Binder().Bind(program); }

}  // namespace rubato::jinja
