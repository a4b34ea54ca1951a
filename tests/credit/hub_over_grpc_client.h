// The conversation over a real connection.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "tests/credit/hub_conversation.h"

namespace rubato {

// `poll`: how long the hub is asked to hold a call that waits.  `on_away`, if given, is called when a call
// ends UNAVAILABLE; the next one goes to the address it gives.
std::unique_ptr<HubConversation> ConnectToHub(const std::string& address,
                                              absl::Duration poll = absl::ZeroDuration(),
                                              std::function<std::string()> on_away = nullptr);

}  // namespace rubato
