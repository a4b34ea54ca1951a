// One response as the token weights see it: its statistics in double, and which of its tokens can be
// weighted. A value; safe from any thread.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rubato {

// What may be done with a token of the response.
enum class TokenRole : uint8_t {
  kTrained,   // may become anchor or intro
  kMasked,    // not of the policy (tool output, forced): gamma 1
  kExcluded,  // of the policy, but of an excluded token id: gamma 1
};

// Which draws of C14 are a response's own.
struct DrawKey {
  uint64_t group_hash = 0;  // hash64 of the group's name
  uint32_t sample = 0;      // index in the group
};

// Positions are response positions, 0-based.  NaN means undefined.
struct ResponseView {
  int tokens = 0;                // T
  std::vector<double> waad;      // [T] C5
  std::vector<double> fai;       // [T] C6
  std::vector<double> delta;     // [T] C7; undefined at the last position
  std::vector<double> entropy;   // [T] C15, nats; empty: not given, undefined everywhere
  std::vector<TokenRole> roles;  // [T]
  DrawKey draw;

  bool Weighable(int t) const { return roles[t] == TokenRole::kTrained; }
  // `scores`, [T], with NaN wherever the token cannot be weighted, for ranking.
  std::vector<double> Rankable(const std::vector<double>& scores) const;
};

// A view of `waad` and `fai`, both [T] with NaN where undefined, with delta computed from waad (C7) in
// double. `roles` is [T], or empty when every token is trained.
ResponseView MakeResponseView(std::span<const float> waad, std::span<const float> fai,
                              std::span<const TokenRole> roles = {});

// The same of statistics in double.
ResponseView MakeResponseView(std::span<const double> waad, std::span<const double> fai,
                              std::span<const TokenRole> roles = {});

// The same for a response of which nothing was measured: every statistic is undefined.
ResponseView UnmeasuredView(int tokens, std::span<const TokenRole> roles = {});

}  // namespace rubato
