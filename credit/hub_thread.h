// The one thread that owns the hub's state, and the rule of every reply: what it says is durable before it
// leaves.
//
// Calls are queued from any thread.  The thread takes all that are there, runs them, makes everything they
// changed durable in one commit, and only then releases their replies.  Calls that have to wait are tried
// again whenever the state changed, and released with what they have when their time is over.
//
// A commit that fails is the end: nobody is told what it would have made durable, every call gets
// UNAVAILABLE, and `on_end` is told why.

#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/clock.h"
#include "credit/hub_call.h"
#include "credit/hub_files.h"
#include "credit/hub_state.h"

namespace rubato {

class HubThread {
 public:
  struct Options {
    HubState* state;
    HubFiles* files;
    const Clock* clock;
    // After each commit, on the hub's thread: for metrics.
    std::function<void(const HubState&)> on_commit;
    // Once, on the hub's thread, when a commit failed.
    std::function<void(const absl::Status&)> on_end;
  };

  // The pointers outlive the thread.
  explicit HubThread(const Options& options);
  ~HubThread();  // Stop

  // Any thread.  The call's Release or Fail runs on the hub's thread, or here when the hub has stopped.
  void Enqueue(std::unique_ptr<HubCall> call);

  // Looks at the clock again: for tests that moved it.
  void Poke();

  // Fails the calls that wait with UNAVAILABLE and ends the thread.  Idempotent.
  void Stop();

  // How many calls that want work wait, the one that is tried at present included.  On the hub's thread.
  uint64_t askers() const { return askers_; }

 private:
  using Calls = std::vector<std::unique_ptr<HubCall>>;
  void Run();
  Calls TakeQueued();
  void RunBatch(Calls calls);
  // Tries a call; answered ones go to `answered`, others wait.
  void Try(std::unique_ptr<HubCall> call, Calls* answered);
  void TryWaiting(Calls* answered);
  void CommitAndRelease(Calls answered);
  void End(const absl::Status& why, Calls answered);
  absl::Duration UntilNextEvent() const;

  const Options options_;
  std::list<std::unique_ptr<HubCall>> waiting_;  // oldest first
  uint64_t seen_revision_ = 0;
  uint64_t askers_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<HubCall>> queue_;
  bool poked_ = false;
  bool stopping_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace rubato
