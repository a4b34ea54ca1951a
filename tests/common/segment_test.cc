#include "common/segment.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/file.h"

namespace rubato {
namespace {

class Segments : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        testing::TempDir() + "/segments_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
  }

  std::unique_ptr<SegmentStore> Open(const std::vector<PayloadRef>& furthest = {},
                                     uint64_t segment_bytes = 1 << 20) {
    auto store = SegmentStore::Open(directory_, segment_bytes, furthest);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  std::string Path(int segment) const { return directory_ + "/00000" + std::to_string(segment) + ".seg"; }

  void Flip(int segment, uint64_t at) const {
    std::fstream file(Path(segment), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  }

  std::string directory_;
};

TEST_F(Segments, GiveBackWhatWasAppended) {
  auto store = Open();
  const auto empty = store->Append("");
  const auto text = store->Append("hello");
  const auto large = store->Append(std::string(300000, 'x'));
  ASSERT_TRUE(store->Sync().ok());
  EXPECT_EQ(*store->Read(*empty), "");
  EXPECT_EQ(*store->Read(*text), "hello");
  EXPECT_EQ(*SegmentStore::ReadFrom(directory_, *large), std::string(300000, 'x'));
  EXPECT_LT(large->bytes, 3000u) << "payloads are compressed";
}

TEST_F(Segments, BeginANewFileWhenOneIsFull) {
  auto store = Open({}, 100);
  std::vector<PayloadRef> refs;
  for (int i = 0; i < 5; ++i) refs.push_back(*store->Append("payload " + std::to_string(i)));
  ASSERT_TRUE(store->Sync().ok());
  EXPECT_EQ(refs.front().segment, 1u);
  EXPECT_GT(refs.back().segment, 1u);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(*store->Read(refs[i]), "payload " + std::to_string(i));
}

TEST_F(Segments, LoseTheTailThatNoRowRefersTo) {
  PayloadRef kept;
  {
    auto store = Open();
    kept = *store->Append("kept");
    ASSERT_TRUE(store->Append("whole, but of no transaction").ok());
    ASSERT_TRUE(store->Sync().ok());
  }
  std::ofstream(Path(1), std::ios::app) << "RBS1 torn";
  auto store = Open({kept});
  EXPECT_EQ(std::filesystem::file_size(Path(1)), kept.end());
  const auto next = store->Append("next");
  EXPECT_EQ(next->offset, kept.end());
  EXPECT_EQ(*store->Read(kept), "kept");
  EXPECT_EQ(*store->Read(*next), "next");
}

TEST_F(Segments, DeleteFilesThatNoRowRefersTo) {
  PayloadRef kept;
  {
    auto store = Open({}, 10);
    kept = *store->Append("kept");
    ASSERT_TRUE(store->Append("second").ok());
    ASSERT_TRUE(store->Append("third").ok());
  }
  ASSERT_TRUE(std::filesystem::exists(Path(3)));
  auto store = Open({kept}, 10);
  EXPECT_FALSE(std::filesystem::exists(Path(2)));
  EXPECT_FALSE(std::filesystem::exists(Path(3)));
  EXPECT_EQ(store->Append("again")->segment, 2u);
}

TEST_F(Segments, NameFileAndOffsetOfADamagedRecord) {
  PayloadRef first, second;
  {
    auto store = Open();
    first = *store->Append("first");
    second = *store->Append("second");
    ASSERT_TRUE(store->Sync().ok());
  }
  for (uint64_t at = second.offset; at < second.end(); ++at) {
    Flip(1, at);
    const auto opened = SegmentStore::Open(directory_, 1 << 20, {second});
    ASSERT_EQ(opened.status().code(), absl::StatusCode::kDataLoss) << "byte " << at;
    EXPECT_NE(opened.status().message().find(Path(1)), absl::string_view::npos) << opened.status();
    EXPECT_NE(opened.status().message().find("byte " + std::to_string(second.offset)),
              absl::string_view::npos);
    Flip(1, at);
  }
  EXPECT_EQ(*SegmentStore::ReadFrom(directory_, first), "first");
}

TEST_F(Segments, NameATornOrMissingRecord) {
  PayloadRef ref;
  {
    auto store = Open();
    ref = *store->Append("payload");
    ASSERT_TRUE(store->Sync().ok());
  }
  std::filesystem::resize_file(Path(1), ref.end() - 1);
  EXPECT_EQ(SegmentStore::Open(directory_, 1 << 20, {ref}).status().code(), absl::StatusCode::kDataLoss);
  std::filesystem::remove(Path(1));
  EXPECT_EQ(SegmentStore::Open(directory_, 1 << 20, {ref}).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace rubato
