// What a conversation with the hub gives back.  A value.

#pragma once

#include "absl/status/statusor.h"

namespace rubato {

template <typename Message>
struct Answer {
  Message reply;
  // The reply says "not yet": a caller that can wait is asked to, and the call is tried again when something
  // changed.
  bool hold = false;
};

template <typename Message>
using AnswerOr = absl::StatusOr<Answer<Message>>;

}  // namespace rubato
