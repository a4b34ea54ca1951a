#include "text/jinja/parser.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/status.h"
#include "text/jinja/expression_parser.h"
#include "text/jinja/scopes.h"
#include "text/jinja/token_stream.h"

namespace rubato::jinja {
namespace {

using Kind = Statement::Kind;
using Ends = std::initializer_list<std::string_view>;

constexpr int kMostNesting = 60;
constexpr size_t kMostBytes = size_t{1} << 18;
constexpr size_t kMostNames = 1000;

class Parser {
 public:
  explicit Parser(TokenStream* stream) : stream_(*stream), expressions_(stream) {}

  Body Template() { return Statements({}); }

 private:
  // Up to one of the tags `ends`, whose name is the current token then; without ends: all.
  Body Statements(Ends ends) {
    Body body;
    if (++nesting_ > kMostNesting) {
      stream_.Fail(stream_.current().line,
                   Concat("blocks are nested more than the limit of ", kMostNesting, " deep"));
    }
    while (!stream_.failed()) {
      const Token& token = stream_.current();
      if (token.kind == Token::Kind::kEnd) {
        if (ends.size() > 0)
          stream_.Fail(token.line, Concat("the template ends where a '", *(ends.end() - 1), "' is missing"));
        break;
      }
      if (token.kind == Token::Kind::kBlockBegin) {
        stream_.Take();
        if (IsEnd(ends)) break;
        body.push_back(Tag());
        stream_.Expect(Token::Kind::kBlockEnd, "%}");
      } else {
        AddOutput(&body);
      }
    }
    --nesting_;
    return body;
  }

  // The body of a tag whose head has been read.
  Body Block(Ends ends) {
    stream_.SkipOperator(":");
    stream_.Expect(Token::Kind::kBlockEnd, "%}");
    return Statements(ends);
  }

  bool IsEnd(Ends ends) const {
    return std::any_of(ends.begin(), ends.end(),
                       [this](std::string_view end) { return stream_.current().IsName(end); });
  }

  static std::unique_ptr<Statement> Make(Kind kind, int line) {
    auto statement = std::make_unique<Statement>();
    statement->kind = kind;
    statement->line = line;
    return statement;
  }

  void AddOutput(Body* body) {
    const Token token = stream_.Take();
    if (body->empty() || body->back()->kind != Kind::kOutput)
      body->push_back(Make(Kind::kOutput, token.line));
    if (token.kind == Token::Kind::kData) {
      auto data = std::make_unique<Expression>();
      data->kind = Expression::Kind::kConstant;
      data->line = token.line;
      data->constant = Value::Trusted(token.text);
      body->back()->expressions.push_back(std::move(data));
    } else {
      body->back()->expressions.push_back(expressions_.Tuple());
      stream_.Expect(Token::Kind::kVariableEnd, "}}");
    }
  }

  std::unique_ptr<Statement> Tag() {
    const Token tag = stream_.Take();
    const int line = tag.line;
    if (tag.kind != Token::Kind::kName) {
      stream_.Fail(line, "the name of a tag is needed after {%");
    } else if (tag.text == "for") {
      return For(line);
    } else if (tag.text == "if") {
      return If(line);
    } else if (tag.text == "set") {
      return Set(line);
    } else if (tag.text == "macro") {
      return Macro(line);
    } else if (tag.text == "call") {
      return CallBlock(line);
    } else if (tag.text == "filter") {
      return FilterBlock(line);
    } else if (tag.text == "with") {
      return With(line);
    } else if (tag.text == "print") {
      return Print(line);
    } else if (tag.text == "generation") {
      return Generation(line);
    } else if (tag.text == "break" || tag.text == "continue") {
      if (loops_ == 0) stream_.Fail(line, Concat("'", tag.text, "' outside of a loop"));
      return Make(tag.text == "break" ? Kind::kBreak : Kind::kContinue, line);
    } else {
      stream_.Fail(line, Concat("the tag '", tag.text, "' is not supported here"));
    }
    return Make(Kind::kOutput, line);
  }

  std::unique_ptr<Statement> For(int line) {
    auto loop = Make(Kind::kFor, line);
    loop->target = expressions_.Target(false, "in");
    if (!stream_.SkipName("in")) stream_.FailHere("'in'");
    loop->value = expressions_.Tuple(false, "recursive");
    if (stream_.SkipName("if")) {
      loop->test = expressions_.Any();
      loop->test_target = Copy(*loop->target);
    }
    if (stream_.SkipName("recursive")) stream_.Fail(line, "recursive loops are not supported");
    ++loops_;
    loop->body = Block({"else", "endfor"});
    --loops_;
    if (stream_.SkipName("else")) loop->otherwise = Block({"endfor"});
    stream_.SkipName("endfor");
    return loop;
  }

  static ExpressionPtr Copy(const Expression& target) {
    auto copy = std::make_unique<Expression>();
    copy->kind = target.kind;
    copy->line = target.line;
    copy->name = target.name;
    for (const ExpressionPtr& child : target.children) copy->children.push_back(Copy(*child));
    return copy;
  }

  std::unique_ptr<Statement> If(int line) {
    auto choice = Make(Kind::kIf, line);
    while (!stream_.failed()) {
      Branch branch;
      branch.test = expressions_.Tuple(false);
      branch.body = Block({"elif", "else", "endif"});
      choice->branches.push_back(std::move(branch));
      if (stream_.SkipName("elif")) continue;
      if (stream_.SkipName("else")) choice->branches.push_back({nullptr, Block({"endif"})});
      break;
    }
    stream_.SkipName("endif");
    return choice;
  }

  std::unique_ptr<Statement> Set(int line) {
    auto set = Make(Kind::kSet, line);
    set->target = expressions_.Target(true);
    if (stream_.SkipOperator("=")) {
      set->value = expressions_.Tuple();
      return set;
    }
    set->kind = Kind::kSetBlock;
    set->value = expressions_.Filters(nullptr, false);
    set->body = Block({"endset"});
    stream_.SkipName("endset");
    return set;
  }

  void Signature(Function* function) {
    stream_.ExpectOperator("(");
    while (!stream_.failed() && !stream_.current().IsOperator(")")) {
      if (!function->parameters.empty()) stream_.ExpectOperator(",");
      const int line = stream_.current().line;
      std::string name = expressions_.NameTarget()->name;
      const auto& names = function->parameters;
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        stream_.Fail(line, Concat("the parameter '", name, "' is there twice"));
      }
      function->parameters.push_back(std::move(name));
      if (stream_.SkipOperator("=")) {
        function->defaults.push_back(expressions_.Any());
      } else if (!function->defaults.empty()) {
        stream_.Fail(line, "a parameter without a default comes after one with a default");
      }
    }
    stream_.ExpectOperator(")");
  }

  // A body that is a function of its own: loops outside cannot be left from inside.
  Body FunctionBody(Ends ends) {
    const int loops = std::exchange(loops_, 0);
    Body body = Block(ends);
    loops_ = loops;
    return body;
  }

  std::unique_ptr<Statement> Macro(int line) {
    auto macro = Make(Kind::kMacro, line);
    macro->target = expressions_.NameTarget();
    macro->name = macro->target->name;
    Signature(&macro->function);
    macro->body = FunctionBody({"endmacro"});
    stream_.SkipName("endmacro");
    return macro;
  }

  std::unique_ptr<Statement> CallBlock(int line) {
    auto call = Make(Kind::kCallBlock, line);
    if (stream_.current().IsOperator("(")) Signature(&call->function);
    call->value = expressions_.Any();
    if (call->value->kind != Expression::Kind::kCall) stream_.Fail(line, "a call is needed after 'call'");
    call->body = FunctionBody({"endcall"});
    stream_.SkipName("endcall");
    return call;
  }

  std::unique_ptr<Statement> FilterBlock(int line) {
    auto block = Make(Kind::kFilterBlock, line);
    block->value = expressions_.Filters(nullptr, true);
    block->body = Block({"endfilter"});
    stream_.SkipName("endfilter");
    return block;
  }

  std::unique_ptr<Statement> With(int line) {
    auto with = Make(Kind::kWith, line);
    while (!stream_.failed() && stream_.current().kind != Token::Kind::kBlockEnd) {
      if (!with->targets.empty()) stream_.ExpectOperator(",");
      const int target_line = stream_.current().line;
      with->targets.push_back(expressions_.NameTarget());
      if (stream_.current().IsOperator(",")) stream_.Fail(target_line, "'with' sets one name at a time here");
      stream_.ExpectOperator("=");
      with->expressions.push_back(expressions_.Any());
    }
    with->body = Block({"endwith"});
    stream_.SkipName("endwith");
    return with;
  }

  std::unique_ptr<Statement> Print(int line) {
    auto print = Make(Kind::kOutput, line);
    while (!stream_.failed() && stream_.current().kind != Token::Kind::kBlockEnd) {
      if (!print->expressions.empty()) stream_.ExpectOperator(",");
      print->expressions.push_back(expressions_.Any());
    }
    return print;
  }

  std::unique_ptr<Statement> Generation(int line) {
    auto generation = Make(Kind::kGeneration, line);
    generation->body = FunctionBody({"endgeneration"});
    stream_.SkipName("endgeneration");
    return generation;
  }

  TokenStream& stream_;
  ExpressionParser expressions_;
  int nesting_ = 0;
  int loops_ = 0;
};

}  // namespace

absl::StatusOr<Program> Parse(std::string_view source, std::string_view name) {
  if (source.size() > kMostBytes) {
    return absl::InvalidArgumentError(
        Concat(name, ": has ", source.size(), " bytes, more than the limit of ", kMostBytes));
  }
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(source, name));
  std::set<std::string_view> names;
  for (const Token& token : tokens) {
    if (token.kind == Token::Kind::kName) names.insert(token.text);
  }
  if (names.size() > kMostNames) {
    return absl::InvalidArgumentError(
        Concat(name, ": has ", names.size(), " different names, more than the limit of ", kMostNames));
  }
  TokenStream stream(std::move(tokens));
  Program program;
  program.body = Parser(&stream).Template();
  if (!stream.failed()) {
    if (const ScopeProblem problem = BindNames(&program); problem.line > 0)
      stream.Fail(problem.line, problem.what);
  }
  if (stream.failed())
    return absl::InvalidArgumentError(Concat(name, ":", stream.error_line(), ": ", stream.error()));
  return program;
}

}  // namespace rubato::jinja
