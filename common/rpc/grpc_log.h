// What gRPC itself says, kept off the terminal: its errors come back as statuses.

#pragma once

namespace rubato {

// gRPC's own error lines become debug events of ours.  Any number of times, from any thread.
void QuietGrpcLog();

}  // namespace rubato
