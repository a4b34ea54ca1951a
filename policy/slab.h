#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace rubato {

// All weights of a model in one 64-byte aligned run of floats, laid out by a SlabLayout.  It is what is
// published, hashed, fetched, and packed into the panels that are multiplied with.
//
// Owns its memory; moves, does not copy.  Concurrent readers are safe, a writer needs the slab to itself: a
// published slab is a std::shared_ptr<const Slab>.
class Slab {
 public:
  Slab() = default;
  explicit Slab(int64_t floats);  // zeros
  Slab Clone() const;

  float* data() { return memory_.get(); }
  const float* data() const { return memory_.get(); }
  int64_t size() const { return size_; }  // floats
  std::span<float> floats() { return {data(), static_cast<size_t>(size_)}; }
  std::span<const float> floats() const { return {data(), static_cast<size_t>(size_)}; }
  // The same memory as the little-endian bytes that travel and are hashed.
  std::span<std::byte> bytes() { return std::as_writable_bytes(floats()); }
  std::span<const std::byte> bytes() const { return std::as_bytes(floats()); }

 private:
  struct Free {
    void operator()(float* memory) const;
  };
  std::unique_ptr<float[], Free> memory_;
  int64_t size_ = 0;
};

}  // namespace rubato
