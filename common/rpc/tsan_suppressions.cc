// gRPC's headers put some of its code into our objects, while the locks that order it are in the
// distribution's library, where the thread sanitizer does not see them.  What happens directly in that code
// is left out, and what happens below gRPC's own objects of a call, which includes OnDone: races in handlers
// are still reported.

#ifdef __SANITIZE_THREAD__

extern "C" const char* __tsan_default_suppressions() {
  return "race_top:^grpc::internal::\n"
         "race:^grpc::internal::CallbackWithSuccessTag::\n"
         "race:^grpc::internal::*::ServerCallback*Impl::\n";
}

#endif
