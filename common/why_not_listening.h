// Why a server could not listen: libraries say only that they could not.

#pragma once

#include "absl/status/status.h"
#include "common/address.h"

namespace rubato {

// Tries it with a socket of its own.  UNAVAILABLE naming address, reason, and what to do.
absl::Status WhyNotListening(const Address& address);

}  // namespace rubato
