#include "kernels/attention.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "kernels/attention_isa.h"

namespace rubato {
namespace {

// Vectors that a block aims at; more would not fit the registers.
constexpr int kBlockVectors = 6;
// Rows without statistics that one task takes.
constexpr int kTaskRows = 48;

// Neighbouring rows of one sequence.
struct Run {
  size_t begin, end;
};

bool Continues(const AttentionRow& row, const AttentionRow& next) {
  return next.pages == row.pages && next.page_offset == row.page_offset && next.position > row.position;
}

// A sequence is cut for the sake of threads only where nothing is measured, because a ring wants its
// rows in order.
std::vector<Run> CutIntoRuns(std::span<const AttentionRow> rows) {
  std::vector<Run> runs;
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool joins = i > 0 && Continues(rows[i - 1], rows[i]) &&
                       (rows[i].stats != nullptr || i - runs.back().begin < kTaskRows);
    if (joins) {
      runs.back().end = i + 1;
    } else {
      runs.push_back({i, i + 1});
    }
  }
  return runs;
}

float* Scratch(size_t floats) {
  struct Free {
    void operator()(float* data) const { std::free(data); }
  };
  thread_local std::unique_ptr<float[], Free> scratch;
  thread_local size_t size = 0;
  if (floats > size) {
    scratch.reset(static_cast<float*>(std::aligned_alloc(64, floats * sizeof(float))));
    size = scratch == nullptr ? 0 : floats;
    if (size == 0) throw std::bad_alloc();
  }
  return scratch.get();
}

AttentionKeys KeysOf(const AttentionShape& shape, std::span<const AttentionRow> rows, int kv_head) {
  return {rows[0].pages, rows[0].page_offset + shape.kv.KeysOffset(kv_head),
          rows.back().position / kKeysPerTile + 1};
}

void RunHead(const AttentionShape& shape, std::span<const AttentionRow> rows, int kv_head,
             const AttentionKeys& next) {
  const int group = shape.heads / shape.kv.kv_heads;
  const size_t block_rows = static_cast<size_t>(std::max(1, kBlockVectors / group));
  const auto attend = RUBATO_FOR_ACTIVE_ISA(AttendBlock);
  AttentionBlock block;
  AttentionStatsBuffers stats[kBlockVectors];
  block.keys = KeysOf(shape, rows, kv_head);
  block.values_offset = rows[0].page_offset + shape.kv.ValuesOffset(kv_head);
  block.head_dim = shape.kv.head_dim;
  block.scale = shape.scale;
  // The 16 extra floats keep rows of scores from falling into the same cache sets.
  block.scores_stride = static_cast<size_t>(block.keys.tiles) * kKeysPerTile + 16;
  block.scores = Scratch(std::min(block_rows * static_cast<size_t>(group), size_t{kMaxAttentionVectors}) *
                         block.scores_stride);

  for (size_t begin = 0; begin < rows.size(); begin += block_rows) {
    const size_t end = std::min(rows.size(), begin + block_rows);
    block.next = end == rows.size() ? next : AttentionKeys{};
    block.count = 0;
    for (size_t i = begin; i < end; ++i) {
      const AttentionRow& row = rows[i];
      if (row.stats != nullptr) stats[i - begin] = row.stats->buffers();
      for (int head = kv_head * group; head < (kv_head + 1) * group; ++head) {
        if (block.count == kMaxAttentionVectors) {
          attend(block);
          block.count = 0;
        }
        block.vectors[block.count++] = {
            .position = row.position,
            .q = row.q + static_cast<ptrdiff_t>(head) * shape.kv.head_dim,
            .out = row.out + static_cast<ptrdiff_t>(head) * shape.kv.head_dim,
            .lse = row.lse == nullptr ? nullptr : row.lse + head,
            .head = head,
            .stats = row.stats == nullptr ? nullptr : &stats[i - begin],
        };
      }
    }
    attend(block);
  }
}

// A wrong row would write outside the state: better a crash that names it.
void AcceptMeasuredRows(std::span<const AttentionRow> rows) {
  for (const AttentionRow& row : rows) {
    if (row.stats == nullptr) continue;
    if (!row.stats->Accepts(row.position)) {
      std::fprintf(stderr, "Attention: row %d is not the next to be measured: prompt %d, measured rows %d\n",
                   row.position, row.stats->prompt_tokens(), row.stats->measured_rows());
      std::abort();
    }
    row.stats->AddMeasuredRow();
  }
}

}  // namespace

void Attention(const AttentionShape& shape, std::span<const AttentionRow> rows, ThreadPool* pool) {
  AcceptMeasuredRows(rows);
  const std::vector<Run> runs = CutIntoRuns(rows);
  const int64_t kv_heads = shape.kv.kv_heads;
  const auto rows_of = [&](int64_t task) {
    const Run& run = runs[static_cast<size_t>(task / kv_heads)];
    return rows.subspan(run.begin, run.end - run.begin);
  };
  ParallelFor(pool, static_cast<int64_t>(runs.size()) * kv_heads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      AttentionKeys next = {};
      if (task + 1 < end) next = KeysOf(shape, rows_of(task + 1), static_cast<int>((task + 1) % kv_heads));
      RunHead(shape, rows_of(task), static_cast<int>(task % kv_heads), next);
    }
  });
}

}  // namespace rubato
