// One call to the hub, from the moment it is asked to the moment its reply may leave.

#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "credit/hub_answer.h"

namespace rubato {

// What the hub's thread does with a call: Try it until it is answered, then, after the commit, Release the
// reply.
class HubCall {
 public:
  virtual ~HubCall() = default;

  // Asks.  True: there is an answer, which is kept.  False: it says "not yet" and the caller can wait longer.
  virtual bool Try(absl::Time now) = 0;
  // Gives the kept answer to the caller; once.
  virtual void Release() = 0;
  // Gives an error to the caller instead; once.
  virtual void Fail(const absl::Status& status) = 0;

  // Whoever asked is not there any more.
  virtual bool Gone() const = 0;
  virtual absl::Time deadline() const = 0;
  virtual bool wants_work() const = 0;
};

// How long a caller can be kept waiting, and how to tell that it has left.
struct HubHold {
  absl::Time until = absl::InfinitePast();
  std::function<bool()> gone;
  bool wants_work = false;  // one of those among whom free work is shared
};

template <typename Reply>
class TypedHubCall : public HubCall {
 public:
  using Ask = std::function<AnswerOr<Reply>()>;
  using Done = std::function<void(absl::StatusOr<Reply>)>;

  TypedHubCall(Ask ask, Done done, HubHold hold)
      : ask_(std::move(ask)), done_(std::move(done)), hold_(std::move(hold)) {}

  bool Try(absl::Time now) override {
    AnswerOr<Reply> answer = ask_();
    if (!answer.ok()) {
      kept_ = answer.status();
      return true;
    }
    kept_ = std::move(answer->reply);
    return !answer->hold || now >= hold_.until;
  }
  void Release() override { done_(std::move(kept_)); }
  void Fail(const absl::Status& status) override { done_(status); }
  bool Gone() const override { return hold_.gone && hold_.gone(); }
  absl::Time deadline() const override { return hold_.until; }
  bool wants_work() const override { return hold_.wants_work; }

 private:
  const Ask ask_;
  const Done done_;
  const HubHold hold_;
  absl::StatusOr<Reply> kept_ = absl::UnknownError("not asked yet");
};

}  // namespace rubato
