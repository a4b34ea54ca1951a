// What was typed at the terminal, or sent to the process: SIGINT, SIGTERM and SIGHUP are counted instead of
// ending it.

#pragma once

#include "absl/time/time.h"

namespace rubato {

// Once, by whoever then watches InterruptCount.  Children do not inherit it: handlers are reset by exec.
void CatchInterrupts();

// Since CatchInterrupts.
int InterruptCount();

// Returns early when an interrupt arrives.  Of one thread.
void SleepUntilInterrupt(absl::Duration duration);

}  // namespace rubato
