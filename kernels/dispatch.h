#pragma once

// How a kernel's entry point reaches the function compiled for the active instruction set.

#include "kernels/isa.h"

// Declares functions in the three namespaces in which isa_library compiles them.
#define RUBATO_DECLARE_FOR_ISAS(...) \
  namespace scalar {                 \
  __VA_ARGS__                        \
  }                                  \
  namespace avx2 {                   \
  __VA_ARGS__                        \
  }                                  \
  namespace avx512 {                 \
  __VA_ARGS__                        \
  }

// The function `name` of the active set.  To be used inside namespace rubato.
#define RUBATO_FOR_ACTIVE_ISA(name) PickForIsa(&scalar::name, &avx2::name, &avx512::name)

namespace rubato {

template <typename Function>
Function* PickForIsa(Function* scalar, Function* avx2, Function* avx512) {
  switch (ActiveIsa()) {
    case Isa::kAvx512:
      return avx512;
    case Isa::kAvx2:
      return avx2;
    default:
      return scalar;
  }
}

}  // namespace rubato
