#!/bin/bash
# Runs the fuzz target under libFuzzer with the address and undefined-behaviour sanitizers (needs clang).
#   tests/fuzz/libfuzzer.sh [SECONDS] [CORPUS_DIRECTORY]
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
clang++ -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I. -o "$out/fuzz" \
  tests/fuzz/safetensors_fuzz.cc policy/{safetensors_header,safetensors_type,header_cursor,weight_floats}.cc \
  common/{bytes,escape,status,utf8}.cc \
  -labsl_statusor -labsl_status -labsl_cord -labsl_cordz_info -labsl_cord_internal -labsl_cordz_functions -labsl_cordz_handle -labsl_strings -labsl_strings_internal -labsl_throw_delegate \
  -labsl_raw_logging_internal -labsl_str_format_internal -labsl_int128
"$out/fuzz" -max_total_time="${1:-60}" -max_len=4096 -rss_limit_mb=1024 -timeout=5 -print_final_stats=1 ${2:+"$2"}
