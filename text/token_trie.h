// Tokens by their bytes, to find the longest one that a text begins with.
//
// Filled once, then read by any thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace rubato {

class TokenTrie {
 public:
  struct Match {
    int32_t id = -1;  // -1: none
    size_t size = 0;  // in bytes
  };

  // `token` is not empty. One that is there already gets the new id.
  void Add(std::string_view token, int32_t id);

  bool MayBeginWith(char byte) const { return begins_[static_cast<unsigned char>(byte)]; }

  // The longest token at the front of `text` for which `accepts(match)` is true.
  template <typename Accepts>
  Match Longest(std::string_view text, Accepts accepts) const {
    Match longest;
    int32_t node = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      node = Child(node, text[i]);
      if (node < 0) break;
      const Match match = {nodes_[node].id, i + 1};
      if (match.id >= 0 && accepts(match)) longest = match;
    }
    return longest;
  }

 private:
  struct Node {
    int32_t id = -1;
    std::vector<std::pair<char, int32_t>> children;
  };
  int32_t Child(int32_t node, char byte) const;

  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::array<bool, 256> begins_ = {};
};

}  // namespace rubato
