// Who may join the run.  Owned by the hub's thread.

#pragma once

#include "credit/hub_answer.h"
#include "credit/hub_state.h"
#include "proto/hello.pb.h"

namespace rubato {

// FAILED_PRECONDITION, naming both sides: another protocol, model, tokenizer or configuration.
// ALREADY_EXISTS: another process that is alive has the name.
AnswerOr<HelloReply> SayHello(const HelloRequest& request, HubState* state);

}  // namespace rubato
