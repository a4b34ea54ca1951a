#!/bin/bash
# What is compiled for AVX2 or AVX-512 defines names of its own namespace alone.  The linker keeps one copy of an
# inline function that several sources define; were it one compiled for AVX-512, the program would die on machines
# without.
set -eu
bad=0
for archive in "$@"; do
  isa=$(sed -E 's/.*_(avx2|avx512)(\.pic)?\.(a|lo)$/\1/' <<<"$archive")
  symbols=$(nm --demangle --defined-only --extern-only "$archive" | grep -E ' [TWVuBDR] ' || true)
  if ! grep -q "rubato::$isa::" <<<"$symbols"; then
    echo "$archive: defines nothing in rubato::$isa"
    bad=1
  fi
  if grep -v "rubato::$isa::" <<<"$symbols" | grep -vE '^$|__odr_asan|DW\.ref'; then
    echo "$archive: defines the above outside rubato::$isa; keep inline functions of other headers out of it"
    bad=1
  fi
done
exit $bad
