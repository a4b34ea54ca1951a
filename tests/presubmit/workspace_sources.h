// The sources of the tree that a presubmit test was built from.

#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rubato {

// The root of the workspace: `data_file` is a source file that the test has as data, named from the root;
// Bazel links it to where it really is.
std::filesystem::path WorkspaceRoot(const std::string& data_file);

// All C++, CUDA and proto sources under `root`, as paths from there, sorted.  Hidden and bazel-* directories,
// runs/ and third_party/ are left out.
std::vector<std::string> SourceFiles(const std::filesystem::path& root);

}  // namespace rubato
