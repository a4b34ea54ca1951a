// Decode attention on a GPU with and without statistics: one layer, batches of 1 to 256 rows at contexts of
// 512 to 8192 tokens, bf16 keys and values.  Bytes are those that must be read and written at least: keys,
// values, queries, outputs.  The kernels are timed in the order A B B A; the overhead is the median of the
// rounds' ratios, with their quartiles.
//
//   bazel run --config=cuda //tests/bench/kernels:attention_cuda_bench

#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "kernels/attention_cuda.h"
#include "kernels/attention_split_cuda.h"

namespace rubato {
namespace {

constexpr int kHeads = 32, kKvHeads = 8, kHeadDim = 128;
constexpr int kPrompt = 256;
constexpr int kRounds = 15;  // of A B B A
constexpr int kCallsPerTiming = 20;

void Check(cudaError_t error) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "CUDA: %s\n", cudaGetErrorString(error));
  std::exit(error == cudaErrorNoDevice || error == cudaErrorInsufficientDriver ? 69 : 70);
}

struct Free {
  void operator()(void* memory) const { cudaFree(memory); }
};

template <typename T>
class DeviceArray {
 public:
  explicit DeviceArray(size_t count, int fill = 0) : count_(count) {
    void* memory = nullptr;
    Check(cudaMalloc(&memory, count * sizeof(T)));
    Check(cudaMemset(memory, fill, count * sizeof(T)));
    memory_.reset(static_cast<T*>(memory));
  }
  explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
    Check(cudaMemcpy(get(), values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice));
  }
  T* get() const { return memory_.get(); }
  size_t size() const { return count_; }

 private:
  size_t count_;
  std::unique_ptr<T, Free> memory_;
};

class Batch {
 public:
  Batch(int rows, int context, int multiprocessors)
      : pages_per_row_(context / kKeysPerTile),
        // 0x3c3c is 0.0115 in bf16.
        pool_(Size(rows) * Size(pages_per_row_) * Tile(), 0x3c),
        table_(Table(rows)),
        positions_(std::vector<int>(Size(rows), context - 1)),
        prompts_(std::vector<int>(Size(rows), kPrompt)),
        slots_(Slots(rows)),
        q_(Size(rows) * kHeads * kHeadDim),
        out_(q_.size()),
        ring_(Size(rows) * kHeads * 128),
        waad_(Size(rows) * kHeads * Size(context - kPrompt)),
        fai_(waad_.size()),
        distance_(Size(rows) * kHeads) {
    call_ = {.rows = rows, .heads = kHeads, .kv_heads = kKvHeads, .head_dim = kHeadDim};
    call_.scale = 1 / std::sqrt(static_cast<float>(kHeadDim));
    call_.splits = SplitsForCuda(call_, context, multiprocessors);
    call_.kv_type = KvTypeCuda::kBf16;
    call_.pool = pool_.get();
    call_.page_elements = Tile();
    call_.page_table = table_.get();
    call_.pages_per_row = pages_per_row_;
    call_.positions = positions_.get();
    call_.q = q_.get();
    call_.out = out_.get();
    call_.stats = {.slots = rows, .response_tokens = context - kPrompt, .ring_slots = 128};
    call_.stats.ring = ring_.get();
    call_.stats.waad = waad_.get();
    call_.stats.fai = fai_.get();
    call_.stats.distance = distance_.get();
    call_.stats_slots = slots_.get();
    call_.prompt_tokens = prompts_.get();
    call_.workspace_bytes = AttentionWorkspaceBytesCuda(call_);
    workspace_ = std::make_unique<DeviceArray<char>>(call_.workspace_bytes);
    call_.workspace = workspace_->get();
  }

  int splits() const { return call_.splits; }
  double Bytes() const {
    return 2.0 * static_cast<double>(pool_.size()) + 8.0 * static_cast<double>(q_.size());
  }

  // Seconds a call, on the device's clock.
  double Time(bool measured, cudaEvent_t begin, cudaEvent_t end) const {
    AttentionCallCuda call = call_;
    if (!measured) call.stats_slots = nullptr;
    Check(cudaEventRecord(begin));
    for (int i = 0; i < kCallsPerTiming; ++i) {
      const absl::Status status = AttentionCuda(call, nullptr);
      if (!status.ok()) {
        std::fprintf(stderr, "%s\n", status.ToString().c_str());
        std::exit(70);
      }
    }
    Check(cudaEventRecord(end));
    Check(cudaEventSynchronize(end));
    float milliseconds = 0;
    Check(cudaEventElapsedTime(&milliseconds, begin, end));
    return 1e-3 * milliseconds / kCallsPerTiming;
  }

 private:
  static size_t Size(int value) { return static_cast<size_t>(value); }
  static size_t Tile() { return KvTileLayout{kKvHeads, kHeadDim}.TileFloats(); }

  // Pages of a row are far apart, as after a while of serving.
  std::vector<int> Table(int rows) const {
    std::vector<int> table;
    for (int row = 0; row < rows; ++row) {
      for (int i = 0; i < pages_per_row_; ++i) table.push_back(i * rows + row);
    }
    return table;
  }

  static std::vector<int> Slots(int rows) {
    std::vector<int> slots;
    for (int row = 0; row < rows; ++row) slots.push_back(row);
    return slots;
  }

  int pages_per_row_;
  DeviceArray<Bf16> pool_;
  DeviceArray<int> table_, positions_, prompts_, slots_;
  DeviceArray<float> q_, out_, ring_, waad_, fai_;
  DeviceArray<double> distance_;
  std::unique_ptr<DeviceArray<char>> workspace_;
  AttentionCallCuda call_;
};

double Quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(q * static_cast<double>(values.size() - 1))];
}

void Compare(int rows, int context, int multiprocessors, cudaEvent_t begin, cudaEvent_t end) {
  const Batch batch(rows, context, multiprocessors);
  for (bool measured : {true, false}) batch.Time(measured, begin, end);  // warm
  std::vector<double> plain, overhead;
  for (int round = 0; round < kRounds; ++round) {
    const double a = batch.Time(true, begin, end);
    const double b = batch.Time(false, begin, end) + batch.Time(false, begin, end);
    plain.push_back(b / 2);
    overhead.push_back((a + batch.Time(true, begin, end)) / b - 1);
  }
  const double seconds = Quantile(plain, 0.5);
  std::printf("%5d %7d %6d %10.1f %9.1f %8.0f   %+6.2f %% (%+.2f to %+.2f)\n", rows, context, batch.splits(),
              batch.Bytes() / 1e6, seconds * 1e6, batch.Bytes() / seconds / 1e9,
              100 * Quantile(overhead, 0.5), 100 * Quantile(overhead, 0.25), 100 * Quantile(overhead, 0.75));
}

void CompareAll() {
  int device = 0;
  cudaDeviceProp properties;
  Check(cudaGetDevice(&device));
  Check(cudaGetDeviceProperties(&properties, device));
  cudaEvent_t begin, end;
  Check(cudaEventCreate(&begin));
  Check(cudaEventCreate(&end));
  std::printf("%s; %d/%d heads x %d, bf16, W 10, lags 10 to 100\n", properties.name, kHeads, kKvHeads,
              kHeadDim);
  std::printf(" rows context splits         MB        us     GB/s   overhead of statistics (quartiles)\n");
  for (int context = 512; context <= 8192; context *= 2) {
    for (int rows = 1; rows <= 256; rows *= 4) {
      Compare(rows, context, properties.multiProcessorCount, begin, end);
    }
  }
}

}  // namespace
}  // namespace rubato

int main() { rubato::CompareAll(); }
