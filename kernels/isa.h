#pragma once

// The instruction set that the kernels run on, chosen at run time.
//
// Every operation exists three times, as scalar std::fma text, for AVX2 with FMA and for AVX-512, and all
// three give the same bits.  The best one that the processor has is active from the start; only tests and
// benchmarks change it.  Thread-safe, but a change while a kernel runs on another thread may split one
// operation between two sets, which is harmless because they agree.

#include <vector>

namespace rubato {

enum class Isa { kScalar, kAvx2, kAvx512 };

// "scalar", "avx2", "avx512".
const char* IsaName(Isa isa);

// The sets this processor can run, slowest first.  kScalar is always among them.
std::vector<Isa> SupportedIsas();

// The set in use.
Isa ActiveIsa();

// Runs the kernels on one given set while it lives, then on the previous one.  `isa` must be supported.
class ScopedIsa {
 public:
  explicit ScopedIsa(Isa isa);
  ~ScopedIsa();
  ScopedIsa(const ScopedIsa&) = delete;
  ScopedIsa& operator=(const ScopedIsa&) = delete;

 private:
  const Isa previous_;
};

}  // namespace rubato
