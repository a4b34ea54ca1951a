#include "tests/presubmit/workspace_sources.h"

#include <algorithm>
#include <set>

namespace rubato {

namespace fs = std::filesystem;

fs::path WorkspaceRoot(const std::string& data_file) {
  fs::path root = fs::canonical(data_file);
  for (const fs::path& part : fs::path(data_file)) {
    if (!part.empty()) root = root.parent_path();
  }
  return root;
}

std::vector<std::string> SourceFiles(const fs::path& root) {
  static const std::set<std::string> kEndings = {".cc", ".h", ".cu", ".cuh", ".proto"};
  std::vector<std::string> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    const std::string name = it->path().filename();
    if (it->is_directory()) {
      const bool top = it.depth() == 0;
      if (name[0] == '.' ||
          (top && (name.starts_with("bazel-") || name == "runs" || name == "third_party"))) {
        it.disable_recursion_pending();
      }
    } else if (kEndings.contains(it->path().extension())) {
      files.push_back(fs::relative(it->path(), root));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace rubato
