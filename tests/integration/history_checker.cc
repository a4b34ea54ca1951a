#include "tests/integration/history_checker.h"

#include <functional>
#include <optional>

#include "common/concat.h"

namespace rubato {
namespace {

std::string Text(const Json& event, std::string_view key) {
  return event.GetStringOr(key, "?").value_or("?");
}
uint64_t Number(const Json& event, std::string_view key) { return event.GetUint(key).value_or(~uint64_t{0}); }

bool IsEval(const std::string& name) { return name.substr(0, 5) == "eval "; }
std::string GroupOf(const std::string& sample) { return sample.substr(0, sample.rfind('/')); }

std::vector<std::string> SamplesOf(const Json& event) {
  std::vector<std::string> names;
  const Json* samples = event.Find("samples");
  if (samples == nullptr) return names;
  for (const Json& index : samples->array())
    names.push_back(Concat(Text(event, "unit"), "/", index.AsUint().value_or(0)));
  return names;
}

class Model {
 public:
  std::string Replay(const std::vector<Json>& events) {
    for (const Json& event : events) {
      sequence_ = Number(event, "seq");
      Require(sequence_ == previous_ + 1, Concat("event ", previous_ + 1, " is missing"));
      previous_ = sequence_;
      Apply(event);
    }
    return problems_;
  }

  HistoryEnd End() const {
    HistoryEnd end;
    for (const std::string& name : issued_) {
      if (!IsEval(name)) end.issued.insert(name);
    }
    for (const std::string& name : sealed_) {
      if (!IsEval(name)) end.sealed.insert(name);
    }
    for (const auto& [name, reason] : dropped_) {
      if (!IsEval(name)) end.dropped[name] = reason;
    }
    for (const auto& [step, members] : trained_by_step_) end.trained.insert(members.begin(), members.end());
    end.next_step = next_step_;
    end.lineage = lineage_;
    return end;
  }

 private:
  struct Lease {
    std::set<std::string> samples;
  };
  struct Batch {
    std::string digest;
    std::set<std::string> members;
  };

  void Require(bool holds, const std::string& otherwise) {
    if (!holds) problems_ += Concat("event ", sequence_, ": ", otherwise, "\n");
  }

  bool Terminal(const std::string& sample) const {
    return sealed_.contains(sample) || dropped_.contains(sample);
  }

  void Apply(const Json& event) {
    static const auto* handlers = new std::map<std::string, void (Model::*)(const Json&)>{
        {"hub", &Model::Hub},
        {"issued", &Model::Issued},
        {"leased", &Model::Leased},
        {"lease_ended", &Model::LeaseEnded},
        {"sealed", &Model::Sealed},
        {"dropped", &Model::Dropped},
        {"group", &Model::Group},
        {"batch", &Model::OnBatch},
        {"committed", &Model::Committed},
        {"generation", &Model::Generation},
        {"generation_ended", &Model::GenerationEnded},
        {"lineage", &Model::Lineage},
        {"version", &Model::Version},
        {"checkpoint", &Model::Checkpoint},
        {"eval_begun", &Model::EvalBegun},
        {"eval", &Model::Eval},
        {"eval_discarded", &Model::EvalDiscarded},
        {"drain", &Model::Nothing},
        {"run_failed", &Model::Nothing},
    };
    const auto handler = handlers->find(Text(event, "event"));
    if (handler == handlers->end()) {
      Require(false, Concat("nobody knows the event ", event.Dump()));
    } else {
      (this->*handler->second)(event);
    }
  }

  void Nothing(const Json&) {}

  void Hub(const Json& event) {
    Require(Number(event, "incarnation") == incarnation_ + 1,
            "an incarnation of the hub is missing or used twice");
    Require(Number(event, "run_epoch") >= epoch_, "the run epoch went back");
    incarnation_ = Number(event, "incarnation");
    epoch_ = Number(event, "run_epoch");
  }

  void Issued(const Json& event) {
    for (const std::string& sample : SamplesOf(event)) {
      Require(issued_.insert(sample).second, Concat(sample, " is issued twice"));
    }
  }

  void Leased(const Json& event) {
    const uint64_t id = Number(event, "lease");
    Require(id > newest_lease_, Concat("lease ", id, " does not count up"));
    newest_lease_ = id;
    for (const std::string& sample : SamplesOf(event)) {
      Require(issued_.contains(sample), Concat(sample, " is leased but was not issued"));
      Require(!Terminal(sample), Concat(sample, " is leased but terminal"));
      Require(holder_.emplace(sample, id).second, Concat(sample, " is leased twice"));
      leases_[id].samples.insert(sample);
    }
  }

  void LeaseEnded(const Json& event) {
    const auto lease = leases_.find(Number(event, "lease"));
    if (lease == leases_.end())
      return Require(false, Concat("lease ", Number(event, "lease"), " is not open"));
    for (const std::string& sample : lease->second.samples) {
      Require(Text(event, "why") != "done" || Terminal(sample), Concat(sample, " is not done, its lease is"));
      holder_.erase(sample);
    }
    leases_.erase(lease);
  }

  void Sealed(const Json& event) {
    const std::string sample = Text(event, "sample");
    Require(issued_.contains(sample), Concat(sample, " is sealed but was not issued"));
    Require(!dropped_.contains(sample), Concat(sample, " is sealed after it was dropped"));
    Require(sealed_.insert(sample).second, Concat(sample, " is sealed twice"));
  }

  void Dropped(const Json& event) {
    const std::string sample = Text(event, "sample");
    Require(issued_.contains(sample), Concat(sample, " is dropped but was not issued"));
    Require(dropped_.emplace(sample, Text(event, "reason")).second, Concat(sample, " is dropped twice"));
    for (const auto& [step, members] : trained_by_step_) {
      Require(!members.contains(sample), Concat(sample, " is dropped but was trained in step ", step));
    }
  }

  void Group(const Json& event) {
    const std::string unit = Text(event, "unit");
    Require(groups_.emplace(unit, Text(event, "fate")).second, Concat("group ", unit, " is complete twice"));
    for (auto sample = issued_.lower_bound(unit + "/"); sample != issued_.end() && GroupOf(*sample) == unit;
         ++sample) {
      Require(Terminal(*sample), Concat("group ", unit, " is complete, ", *sample, " is not terminal"));
    }
  }

  void OnBatch(const Json& event) {
    Batch batch;
    batch.digest = Text(event, "digest");
    const uint64_t step = Number(event, "step");
    const Json* members = event.Find("members");
    if (members == nullptr) return Require(false, "a batch without members");
    for (const auto& [unit, indices] : members->object()) {
      Require(groups_.contains(unit) && groups_[unit] == "complete",
              Concat("group ", unit, " is not complete"));
      for (const Json& index : indices.array())
        batch.members.insert(Concat(unit, "/", index.AsUint().value_or(0)));
    }
    for (const std::string& sample : batch.members) {
      Require(sealed_.contains(sample) && !dropped_.contains(sample),
              Concat(sample, " is in a batch but not sealed"));
      Require(batch_of_.emplace(sample, step).second, Concat(sample, " is in two batches"));
    }
    Require(batches_.emplace(step, std::move(batch)).second, Concat("step ", step, " has two batches"));
  }

  void Committed(const Json& event) {
    const uint64_t step = Number(event, "step");
    const auto batch = batches_.find(step);
    Require(step == next_step_, Concat("step ", step, " is committed, step ", next_step_, " is next"));
    Require(Number(event, "lineage") == lineage_, "a commit of another lineage");
    Require(Number(event, "generation") == generation_, "a commit by another learner generation");
    Require(has_version_, "a commit before there was a version");
    Require(committed_.insert({lineage_, step}).second,
            Concat("step ", step, " is committed twice in its lineage"));
    next_step_ = step + 1;
    if (batch == batches_.end())
      return Require(false, Concat("step ", step, " is committed without a batch"));
    Require(batch->second.digest == Text(event, "batch"),
            Concat("step ", step, " is committed with another batch"));
    for (const auto& [other, members] : trained_by_step_) {
      for (const std::string& sample : batch->second.members) {
        Require(!members.contains(sample), Concat(sample, " is trained in steps ", other, " and ", step));
      }
    }
    trained_by_step_[step] = batch->second.members;
  }

  void Generation(const Json& event) {
    Require(Number(event, "generation") == generation_ + 1, "a learner generation is missing or used twice");
    generation_ = Number(event, "generation");
  }

  void GenerationEnded(const Json& event) {
    Require(Number(event, "generation") == generation_, "a generation ends that is not the present one");
  }

  void Lineage(const Json& event) {
    const uint64_t step = Number(event, "step");
    Require(Number(event, "lineage") == lineage_ + 1, "a lineage is missing or used twice");
    Require(step < next_step_, "a lineage begins at a step that was not committed");
    lineage_ = Number(event, "lineage");
    next_step_ = step;
    trained_by_step_.erase(trained_by_step_.lower_bound(step), trained_by_step_.end());
  }

  void Version(const Json& event) {
    Require(!has_version_ && Number(event, "step") == 0, "a run begins once, with version 0");
    has_version_ = true;
  }

  void Checkpoint(const Json& event) {
    Require(Number(event, "step") <= next_step_, "a checkpoint of a version that is not committed");
  }

  void EvalBegun(const Json& event) {
    Require(Number(event, "step") == next_step_, "an evaluation of a version that is not current");
    Require(!open_eval_, "two evaluations at a time");
    Require(!evaluated_.contains(Number(event, "step")), "a version is evaluated twice");
    open_eval_ = Number(event, "step");
  }

  void Eval(const Json& event) {
    Require(open_eval_ == Number(event, "step"), "an evaluation ends that was not begun");
    Require(next_step_ == Number(event, "step"), "a step was committed during an evaluation");
    evaluated_.insert(Number(event, "step"));
    open_eval_.reset();
  }

  void EvalDiscarded(const Json& event) {
    Require(open_eval_ == Number(event, "step"), "an evaluation is discarded that was not begun");
    open_eval_.reset();
    const std::string prefix = Concat("eval ", Number(event, "step"), "/");
    const auto of_it = [&](const std::string& name) { return name.substr(0, prefix.size()) == prefix; };
    std::erase_if(issued_, of_it);
    std::erase_if(sealed_, of_it);
    std::erase_if(dropped_, [&](const auto& entry) { return of_it(entry.first); });
  }

  std::string problems_;
  uint64_t sequence_ = 0, previous_ = 0;
  uint64_t incarnation_ = 0, epoch_ = 0, generation_ = 0, lineage_ = 0, next_step_ = 0, newest_lease_ = 0;
  bool has_version_ = false;
  std::set<std::string> issued_, sealed_;
  std::map<std::string, std::string> dropped_;
  std::map<std::string, std::string> groups_;  // fate by name
  std::map<uint64_t, Lease> leases_;
  std::map<std::string, uint64_t> holder_;
  std::map<uint64_t, Batch> batches_;
  std::map<std::string, uint64_t> batch_of_;
  std::set<std::pair<uint64_t, uint64_t>> committed_;
  std::map<uint64_t, std::set<std::string>> trained_by_step_;  // that survive
  std::optional<uint64_t> open_eval_;
  std::set<uint64_t> evaluated_;
};

}  // namespace

std::set<std::string> HistoryEnd::Pending() const {
  std::set<std::string> pending;
  for (const std::string& sample : issued) {
    if (!trained.contains(sample) && !dropped.contains(sample)) pending.insert(sample);
  }
  return pending;
}

std::string CheckHistory(const std::vector<Json>& events, HistoryEnd* end) {
  Model model;
  std::string problems = model.Replay(events);
  if (events.empty()) problems += "the history is empty\n";
  if (end != nullptr) *end = model.End();
  return problems;
}

std::string CheckAcknowledged(const HistoryEnd& end, const std::set<std::string>& acknowledged) {
  std::string problems;
  const std::set<std::string> pending = end.Pending();
  for (const std::string& sample : acknowledged) {
    if (!end.sealed.contains(sample)) {
      problems += Concat(sample, " was acknowledged but is not in the history\n");
    } else if (!end.trained.contains(sample) && !end.dropped.contains(sample) && !pending.contains(sample)) {
      problems += Concat(sample, " was acknowledged and is lost\n");
    }
  }
  return problems;
}

}  // namespace rubato
