#include "text/token_trie.h"

namespace rubato {

int32_t TokenTrie::Child(int32_t node, char byte) const {
  for (const auto& [label, child] : nodes_[node].children) {
    if (label == byte) return child;
  }
  return -1;
}

void TokenTrie::Add(std::string_view token, int32_t id) {
  begins_[static_cast<unsigned char>(token.front())] = true;
  int32_t node = 0;
  for (const char byte : token) {
    int32_t child = Child(node, byte);
    if (child < 0) {
      child = static_cast<int32_t>(nodes_.size());
      nodes_[node].children.emplace_back(byte, child);
      nodes_.emplace_back();
    }
    node = child;
  }
  nodes_[node].id = id;
}

}  // namespace rubato
