// map, select, reject and their kin: they do their work when their values are asked for.

#include "common/concat.h"
#include "text/jinja/attributes.h"
#include "text/jinja/filters.h"
#include "text/jinja/operators.h"
#include "text/jinja/parameters.h"
#include "text/jinja/sequence_filters.h"

namespace rubato::jinja {
namespace {

// What is done to each value; an error is the run's.
class LazyIterator : public Iterator {
 public:
  LazyIterator(Value input, Arguments arguments)
      : Iterator(input.Depth()), input_(std::move(input)), arguments_(std::move(arguments)) {}

  bool Next(Run& run, Value* value) override {
    if (!has_begun_) {
      has_begun_ = true;
      if (Truth(input_) && Prepare(run)) items_ = Iterate(run, input_);
    }
    if (items_ == nullptr) return false;
    for (Value item; run.Spend() && items_->Next(run, &item);) {
      const bool is_wanted = Process(run, item, value);
      if (run.failed()) return false;
      if (is_wanted) return true;
    }
    return false;
  }

 protected:
  virtual bool Prepare(Run& run) = 0;
  // False: this value gives nothing.
  virtual bool Process(Run& run, const Value& item, Value* result) = 0;

  // Takes the first positional argument, if there is one.
  bool Shift(Value* value) {
    if (arguments_.positional.empty()) return false;
    *value = arguments_.positional[0];
    arguments_.positional.erase(arguments_.positional.begin());
    return true;
  }
  Arguments& arguments() { return arguments_; }

 private:
  const Value input_;
  Arguments arguments_;
  std::shared_ptr<Iterator> items_;
  bool has_begun_ = false;
};

class MapIterator : public LazyIterator {
 public:
  using LazyIterator::LazyIterator;

 private:
  bool Prepare(Run& run) override {
    Value name;
    if (arguments().positional.empty() && HasAttribute()) {
      const Parameters given(run, arguments(), "map", {"attribute", "default"});
      attribute_ = given[0];
      otherwise_ = given[1];
      return !run.failed();
    }
    if (!Shift(&name)) {
      run.Fail("map needs the name of a filter or an attribute");
      return false;
    }
    filter_ = FindFilter(name.bytes());
    if (filter_ == nullptr) run.Fail(Concat("the filter '", name.bytes(), "' is not supported"));
    return !run.failed();
  }

  bool Process(Run& run, const Value& item, Value* result) override {
    *result =
        filter_ != nullptr ? filter_(run, item, arguments()) : GetPath(run, item, attribute_, &otherwise_);
    return true;
  }

  bool HasAttribute() {
    for (const auto& [name, value] : arguments().named) {
      if (name == "attribute") return true;
    }
    return false;
  }

  Filter filter_ = nullptr;
  Value attribute_, otherwise_;
};

class SelectIterator : public LazyIterator {
 public:
  SelectIterator(Value input, Arguments arguments, bool is_rejecting, bool has_attribute)
      : LazyIterator(std::move(input), std::move(arguments)),
        is_rejecting_(is_rejecting),
        has_attribute_(has_attribute) {}

 private:
  bool Prepare(Run& run) override {
    if (has_attribute_ && !Shift(&attribute_)) run.Fail("the name of an attribute is needed");
    Value name;
    if (!run.failed() && Shift(&name)) {
      test_ = FindTest(name.bytes());
      if (test_ == nullptr) run.Fail(Concat("the test '", name.bytes(), "' is not supported"));
    }
    return !run.failed();
  }

  bool Process(Run& run, const Value& item, Value* result) override {
    const Value seen = has_attribute_ ? GetPath(run, item, attribute_) : item;
    if (run.failed()) return false;
    const bool holds = test_ != nullptr ? test_(run, seen, arguments()) : Truth(seen);
    *result = item;
    return holds != is_rejecting_;
  }

  const bool is_rejecting_;
  const bool has_attribute_;
  Value attribute_;
  Test test_ = nullptr;
};

Value Select(const Value& input, const Arguments& arguments, bool is_rejecting, bool has_attribute) {
  return Value::Of(std::static_pointer_cast<Iterator>(
      std::make_shared<SelectIterator>(input, arguments, is_rejecting, has_attribute)));
}

}  // namespace

Value MapFilter(Run&, const Value& input, const Arguments& arguments) {
  return Value::Of(std::static_pointer_cast<Iterator>(std::make_shared<MapIterator>(input, arguments)));
}

Value SelectFilter(Run&, const Value& input, const Arguments& arguments) {
  return Select(input, arguments, false, false);
}
Value RejectFilter(Run&, const Value& input, const Arguments& arguments) {
  return Select(input, arguments, true, false);
}
Value SelectAttrFilter(Run&, const Value& input, const Arguments& arguments) {
  return Select(input, arguments, false, true);
}
Value RejectAttrFilter(Run&, const Value& input, const Arguments& arguments) {
  return Select(input, arguments, true, true);
}

}  // namespace rubato::jinja
