#include "kernels/isa.h"

#include <atomic>

namespace rubato {
namespace {

bool Supports(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return true;
    case Isa::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::kAvx512:
      return Supports(Isa::kAvx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
  }
  return false;
}

std::atomic<Isa>& Active() {
  static std::atomic<Isa> active = SupportedIsas().back();
  return active;
}

}  // namespace

const char* IsaName(Isa isa) {
  return isa == Isa::kScalar ? "scalar" : isa == Isa::kAvx2 ? "avx2" : "avx512";
}

std::vector<Isa> SupportedIsas() {
  std::vector<Isa> isas;
  for (Isa isa : {Isa::kScalar, Isa::kAvx2, Isa::kAvx512}) {
    if (Supports(isa)) isas.push_back(isa);
  }
  return isas;
}

Isa ActiveIsa() { return Active().load(std::memory_order_relaxed); }

ScopedIsa::ScopedIsa(Isa isa) : previous_(Active().exchange(isa)) {}

ScopedIsa::~ScopedIsa() { Active().store(previous_); }

}  // namespace rubato
