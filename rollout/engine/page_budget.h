#pragma once

#include <cstdint>
#include <memory>

namespace rubato {

// Promises of KV pages.  A sample is started only when every page that it could ever need is promised, so
// that no sequence in flight runs out of memory.  Not thread-safe; outlives its promises.
class PageBudget {
 public:
  // Held as long as the pages may be in use; several holders share the promise for a common prompt.
  class Promise {
   public:
    Promise(PageBudget* budget, int64_t pages) : budget_(budget), pages_(pages) {
      budget_->promised_ += pages_;
    }
    ~Promise() { budget_->promised_ -= pages_; }
    Promise(const Promise&) = delete;
    Promise& operator=(const Promise&) = delete;

   private:
    PageBudget* budget_;
    int64_t pages_;
  };

  explicit PageBudget(int64_t pages) : pages_(pages) {}

  bool Covers(int64_t pages) const { return promised_ + pages <= pages_; }
  // Covers(pages) must hold.
  std::shared_ptr<Promise> Take(int64_t pages) { return std::make_shared<Promise>(this, pages); }

  int64_t pages() const { return pages_; }
  int64_t promised() const { return promised_; }

 private:
  int64_t pages_;
  int64_t promised_ = 0;
};

}  // namespace rubato
