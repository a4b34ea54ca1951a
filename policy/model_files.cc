#include "policy/model_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "common/concat.h"
#include "common/file.h"
#include "common/status.h"

namespace rubato {

namespace {

constexpr char kConfig[] = "config.json";
constexpr char kGenerationConfig[] = "generation_config.json";
constexpr char kMoreTemplates[] = "additional_chat_templates";

constexpr std::array<const char*, 11> kSmallFiles = {
    kConfig,
    kGenerationConfig,
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "tokenizer.model",
    "chat_template.jinja",
    "chat_template.json",
};

constexpr size_t kMostBytes = size_t{64} << 20;
constexpr size_t kMostTemplates = 100;

// The names of a directory's small files, whether they are there or not.
std::vector<std::string> SmallFileNames(const std::string& directory) {
  std::vector<std::string> names(kSmallFiles.begin(), kSmallFiles.end());
  std::error_code error;
  std::filesystem::directory_iterator templates(Concat(directory, "/", kMoreTemplates), error);
  for (; !error && templates != std::filesystem::directory_iterator(); templates.increment(error)) {
    if (templates->path().extension() != ".jinja" || names.size() == kSmallFiles.size() + kMostTemplates)
      continue;
    names.push_back(Concat(kMoreTemplates, "/", templates->path().filename().string()));
  }
  return names;
}

// Nothing if the file is not there or cannot be read.
std::optional<std::string> ReadSmallFile(const std::string& directory, const std::string& name,
                                         Problems* problems) {
  const std::string path = Concat(directory, "/", name);
  struct stat info;
  if (lstat(path.c_str(), &info) != 0 && errno == ENOENT) return std::nullopt;
  if (stat(path.c_str(), &info) != 0) {
    problems->Add(Concat(name, ": is a link that leads nowhere; fetch the model again"));
  } else if (!S_ISREG(info.st_mode)) {  // a named pipe would wait for its writer
    problems->Add(Concat(name, ": is ", S_ISDIR(info.st_mode) ? "a directory" : "no regular file",
                         ", a file is needed"));
  } else if (static_cast<size_t>(info.st_size) > kMostBytes) {
    problems->Add(Concat(name, ": has ", info.st_size, " bytes, at most ", kMostBytes, " are read"));
  } else {
    absl::StatusOr<std::string> text = ReadFile(path, kMostBytes);
    if (text.ok()) return *std::move(text);
    problems->Add(std::string(text.status().message()));
  }
  return std::nullopt;
}

std::optional<Json> ParseFile(const ModelFiles& files, const std::string& name, Problems* problems) {
  const auto file = files.find(name);
  if (file == files.end()) return std::nullopt;
  return ParseJsonObject(name, file->second, problems);
}

}  // namespace

absl::Status CheckIsDirectory(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return absl::OkStatus();
  return absl::NotFoundError(Concat("model directory ", path, ": ",
                                    FileExists(path) ? "is a file" : "there is no such directory",
                                    "; give a Hugging Face model directory on this machine"));
}

ModelFiles ReadSmallFiles(const std::string& directory, Problems* problems) {
  ModelFiles files;
  const size_t problems_before = problems->list().size();
  for (const std::string& name : SmallFileNames(directory)) {
    std::optional<std::string> text = ReadSmallFile(directory, name, problems);
    if (text.has_value()) {
      files.emplace(name, *std::move(text));
    } else if (name == kConfig && problems->list().size() == problems_before) {
      problems->Add("no config.json there; give a Hugging Face model directory");
    }
  }
  return files;
}

Problems OnlyOfConfigs(const Problems& problems) {
  Problems of_configs;
  for (const std::string& problem : problems.list()) {
    const auto names = [&](const char* file) { return problem.find(file) != std::string::npos; };
    if (names(kConfig) && !names("tokenizer_config.json")) of_configs.Add(problem);
  }
  return of_configs;
}

absl::Status RemoveOtherSmallFiles(const std::string& directory, const ModelFiles& files) {
  for (const std::string& name : SmallFileNames(directory)) {
    if (files.contains(name)) continue;
    const std::string path = Concat(directory, "/", name);
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) return FileError("delete", path, error.value());
  }
  return absl::OkStatus();
}

absl::Status WriteSmallFiles(const std::string& directory, const ModelFiles& files) {
  for (const auto& [name, contents] : files) {
    const std::filesystem::path path = std::filesystem::path(directory) / name;
    RETURN_IF_ERROR(CreateDirectories(path.parent_path().string()));
    RETURN_IF_ERROR(WriteFileAtomically(path.string(), contents));
  }
  return absl::OkStatus();
}

absl::Status SetDtype(SafetensorsType type, ModelFiles* files) {
  Problems problems;
  std::optional<Json> config = ParseFile(*files, kConfig, &problems);
  if (!config.has_value()) return problems.ToStatus();
  const std::string_view name = type == SafetensorsType::kF32    ? "float32"
                                : type == SafetensorsType::kBf16 ? "bfloat16"
                                                                 : "float16";
  bool says = false, changed = false;
  for (const char* key : {"dtype", "torch_dtype"}) {
    if (config->Find(key) == nullptr) continue;
    says = true;
    if (*config->Find(key) == Json(name)) continue;
    config->Set(key, name);
    changed = true;
  }
  if (!says) config->Set("dtype", name);
  if (!says || changed) (*files)[kConfig] = config->Pretty() + "\n";
  return absl::OkStatus();
}

std::optional<Json> ParseJsonObject(const std::string& name, const std::string& text, Problems* problems) {
  if (text.starts_with("\xef\xbb\xbf")) {  // Python's json refuses it, too
    problems->Add(Concat(name, ":1: begins with a byte order mark; save it as UTF-8 without one"));
    return std::nullopt;
  }
  absl::StatusOr<Json> json = Json::Parse(text, name);
  if (!json.ok()) {
    problems->Add(std::string(json.status().message()));
    return std::nullopt;
  }
  if (!json->is_object()) {
    problems->Add(Concat(name, ": holds ", json->TypeName(), ", an object is needed"));
    return std::nullopt;
  }
  return *std::move(json);
}

ModelConfig ParseConfigFiles(const ModelFiles& files, Problems* problems) {
  const std::optional<Json> config = ParseFile(files, kConfig, problems);
  const std::optional<Json> generation = ParseFile(files, kGenerationConfig, problems);
  if (!config.has_value()) return ModelConfig();
  return ParseModelConfig(*config, generation.has_value() ? &*generation : nullptr, problems);
}

}  // namespace rubato
