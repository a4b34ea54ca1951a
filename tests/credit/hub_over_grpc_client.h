// The conversation over a real connection.

#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "tests/credit/hub_conversation.h"

namespace rubato {

// `poll`: how long the hub is asked to hold a call that waits.
std::unique_ptr<HubConversation> ConnectToHub(const std::string& address,
                                              absl::Duration poll = absl::ZeroDuration());

}  // namespace rubato
