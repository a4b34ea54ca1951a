#include "text/jinja/run.h"

#include "common/concat.h"

namespace rubato::jinja {
namespace {

constexpr size_t kBytesPerStep = 64;

}  // namespace

Run::~Run() {
  for (const std::shared_ptr<Namespace>& space : namespaces_) space->attributes = Dict();
}

Value Run::Fail(std::string message) {
  if (!failed_) {
    failed_ = true;
    error_ = std::move(message);
    error_line_ = line_;
  }
  return Value::MakeUndefined("");
}

bool Run::Spend(size_t steps) {
  if (failed_) return false;
  steps_ += steps;
  if (steps_ <= limits_.max_steps) return true;
  Fail(Concat("the template takes more than the limit of ", limits_.max_steps, " steps"));
  return false;
}

bool Run::Fits(size_t bytes) {
  if (bytes > limits_.max_bytes) {
    Fail(Concat("the template makes a text of more than the limit of ", limits_.max_bytes, " bytes"));
  }
  return !failed_;
}

bool Run::SpendBytes(size_t bytes) { return Fits(bytes) && Spend(1 + bytes / kBytesPerStep); }

bool Run::SpendSearch(size_t text, size_t part) { return Spend(1 + text / kBytesPerStep * part); }

Value Run::Make(ProvenanceText text, bool markup) {
  if (!SpendBytes(text.size())) return Value::MakeUndefined("");
  return Value::Of(std::move(text), markup);
}

bool Run::EnterCall() {
  if (++depth_ <= limits_.max_depth) return !failed_;
  Fail(Concat("macros call one another more than the limit of ", limits_.max_depth, " deep"));
  return false;
}

Value Run::MakeNamespace(Dict attributes) {
  namespaces_.push_back(std::make_shared<Namespace>(Namespace{std::move(attributes)}));
  return Value::Of(namespaces_.back());
}

}  // namespace rubato::jinja
