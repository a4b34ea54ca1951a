"""Sources compiled once per instruction set."""

_SETS = {
    "scalar": [],
    "avx2": ["-mavx2", "-mfma"],
    "avx512": ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma", "-mprefer-vector-width=512"],
}

def isa_library(name, srcs, hdrs, deps = []):
    """Compiles srcs for scalar, AVX2 and AVX-512 code, each into the namespace rubato::RUBATO_ISA.

    Such a source includes kernels/simd.h and defines its functions inside that namespace; hdrs declare them for
    all three with RUBATO_DECLARE_FOR_ISAS.  It must not use inline functions that other sources may
    also use (the standard library's above all): the linker keeps one copy, which may need AVX-512.
    """
    native.cc_library(
        name = name,
        hdrs = hdrs,
        deps = deps + [name + "_" + isa for isa in _SETS],
    )
    for isa, flags in _SETS.items():
        native.cc_library(
            name = name + "_" + isa,
            srcs = srcs + hdrs,
            linkstatic = True,
            # GCC 12 takes its own AVX-512 intrinsics for uses of uninitialised values.
            copts = flags + ["-fno-math-errno", "-Wno-maybe-uninitialized", "-Wno-uninitialized"],
            local_defines = ["RUBATO_ISA=" + isa, "RUBATO_ISA_" + isa.upper()],
            deps = deps + ["//kernels:simd"],
        )
