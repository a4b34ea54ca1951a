#include "learner/export_command.h"

#include <unistd.h>

#include <filesystem>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/arguments.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/json_lines_reader.h"
#include "common/json_lines_request.h"
#include "common/status.h"
#include "learner/checkpoint.h"
#include "policy/model_directory.h"

namespace rubato {

const char kExportHelp[] = R"(Writes a checkpoint of a run as a Hugging Face directory

  rubato export --run DIR [--step N] --to DIR [--dtype TYPE]

Takes the newest checkpoint that verifies, also while the run goes on. transformers opens what it writes unmodified:
weights, configuration, tokenizer and chat template, all as the model had them at the beginning but for the weights.

  --run DIR         the run directory
  --step N          the checkpoint after N steps instead of the newest
  --to DIR          where to; absent or empty. It is there whole, or not at all
  --dtype TYPE      of the weights: f32, bf16 or f16; as config.json says if not given

Exit codes: 0 done, 64 usage, 65 no such checkpoint, 74 cannot write.

  rubato export --run runs/quickstart-1 --to trained
)";

namespace {

namespace fs = std::filesystem;

absl::StatusOr<CheckpointRef> ReadRef(const std::string& line) {
  ASSIGN_OR_RETURN(const JsonRequest request, ParseJsonRequest(line));
  CheckpointRef ref;
  ASSIGN_OR_RETURN(const uint64_t step, request.object.GetUint("step"));
  ASSIGN_OR_RETURN(const uint64_t lineage, request.object.GetUint("lineage"));
  ASSIGN_OR_RETURN(const uint64_t generation, request.object.GetUint("generation"));
  ASSIGN_OR_RETURN(const std::string path, request.object.GetString("path"));
  ASSIGN_OR_RETURN(const std::string digest, request.object.GetString("manifest_digest"));
  ref.set_step(step);
  ref.set_lineage(static_cast<uint32_t>(lineage));
  ref.set_generation(generation);
  ref.set_path(path);
  ref.set_manifest_digest(absl::HexStringToBytes(digest));
  return ref;
}

// Newest first, as the list has them.
absl::StatusOr<std::vector<CheckpointRef>> ReadRefs(const std::string& path) {
  ASSIGN_OR_RETURN(JsonLinesReader in, JsonLinesReader::Open(path));
  std::vector<CheckpointRef> refs;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<JsonLine> lines, in.Next(1000, size_t{1} << 20));
    if (lines.empty()) return refs;
    for (const JsonLine& line : lines) {
      absl::StatusOr<CheckpointRef> ref = ReadRef(line.text);
      if (!ref.ok()) return Annotate(ref.status(), absl::StrCat(in.name(), ":", line.number));
      refs.push_back(*std::move(ref));
    }
  }
}

absl::StatusOr<std::vector<CheckpointRef>> Choose(const ExportOptions& options,
                                                  const std::vector<CheckpointRef>& refs) {
  if (refs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.run,
                     " has no checkpoint yet: one is written every checkpoint.every steps, when "
                     "the run is interrupted, and at its end"));
  }
  std::vector<CheckpointRef> chosen;
  std::vector<uint64_t> steps;
  for (const CheckpointRef& ref : refs) {
    if (!options.step || ref.step() == *options.step) chosen.push_back(ref);
    if (steps.empty() || steps.back() != ref.step()) steps.push_back(ref.step());
  }
  if (!chosen.empty()) return chosen;
  return absl::InvalidArgumentError(absl::StrCat(options.run, " has no checkpoint of step ", *options.step,
                                                 "; it has those of the steps ", absl::StrJoin(steps, ", ")));
}

// Before the work, so that nobody waits for an error.
absl::Status CheckTarget(const std::string& to) {
  std::error_code error;
  const fs::file_status status = fs::status(to, error);
  if (!fs::exists(status)) return absl::OkStatus();
  if (!fs::is_directory(status)) return UsageError(absl::StrCat("--to ", to, " is no directory"));
  const bool empty = fs::is_empty(to, error);
  if (error) return WithExitCode(FileError("list", to, error.value()), ExitCode::kIo);
  return empty ? absl::OkStatus()
               : UsageError(absl::StrCat("--to ", to, " is not empty; give the model another place"));
}

absl::StatusOr<ModelDirectory> LoadFirst(const std::string& run, const std::vector<CheckpointRef>& refs,
                                         CheckpointRef* loaded, std::ostream& notes) {
  for (const CheckpointRef& ref : refs) {
    absl::StatusOr<ModelDirectory> model = LoadCheckpointModel(run, ref);
    if (model.ok()) {
      *loaded = ref;
      return model;
    }
    notes << "rubato export: " << model.status().message() << "\n";
  }
  return WithExitCode(
      absl::DataLossError(
          absl::StrCat("no checkpoint of ", run, " verifies", refs.size() > 1 ? " (none of those above)" : "",
                       ". If the run goes on, it may have replaced them meanwhile: try again")),
      ExitCode::kBadData);
}

struct TypeName {
  const char* option;
  const char* config;
  SafetensorsType type;
};
constexpr TypeName kTypes[] = {{"f32", "float32", SafetensorsType::kF32},
                               {"bf16", "bfloat16", SafetensorsType::kBf16},
                               {"f16", "float16", SafetensorsType::kF16}};

// fp32, exact, where config.json does not say.
const TypeName& TypeFor(const std::string& option, const ModelConfig& config) {
  for (const TypeName& name : kTypes) {
    if (option.empty() ? config.dtype == name.config : option == name.option) return name;
  }
  return kTypes[0];
}

// Beside the target first, then there under its name.
absl::Status WriteWhole(const ModelDirectory& model, SafetensorsType type, const fs::path& to) {
  const fs::path parent = to.parent_path();
  RETURN_IF_ERROR(CreateDirectories(parent.string()));
  const std::string beside = absl::StrCat(to.string(), ".tmp.", getpid());
  absl::Status status = WriteModelDirectory(beside, model.files, model.layout, model.weights, type);
  std::error_code error;
  if (status.ok()) {
    fs::rename(beside, to, error);
    if (error) status = FileError("rename to", to.string(), error.value());
  }
  if (!status.ok()) {
    fs::remove_all(beside, error);
    return status;
  }
  return FsyncDirectory(parent.string());
}

fs::path AbsoluteTarget(const std::string& to) {
  const fs::path path = fs::absolute(to).lexically_normal();
  return path.has_filename() ? path : path.parent_path();  // without a slash at its end
}

}  // namespace

absl::StatusOr<ExportOptions> ParseExportArguments(const std::vector<std::string>& arguments) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  ExportOptions options;
  int64_t step = -1;
  ArgumentParser parser;
  parser.Text("run", &options.run);
  parser.Text("to", &options.to);
  parser.Text("checkpoints", &options.checkpoints);
  parser.Count("step", &step, 0, kMost);
  parser.Choice("dtype", &options.dtype, {"f32", "bf16", "f16"});
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (options.run.empty()) return UsageError("of which run? Give --run DIR");
  if (options.to.empty()) return UsageError("where to? Give --to DIR");
  if (step >= 0) options.step = static_cast<uint64_t>(step);
  return options;
}

absl::Status RunExport(const ExportOptions& options, std::ostream& out, std::ostream& notes) {
  RETURN_IF_ERROR(CheckTarget(options.to));
  ASSIGN_OR_RETURN(const std::vector<CheckpointRef> refs, ReadRefs(options.checkpoints));
  ASSIGN_OR_RETURN(const std::vector<CheckpointRef> chosen, Choose(options, refs));
  CheckpointRef ref;
  ASSIGN_OR_RETURN(ModelDirectory model, LoadFirst(options.run, chosen, &ref, notes));
  const TypeName& type = TypeFor(options.dtype, model.config);
  // transformers loads in the type that config.json states, whatever the file holds.
  RETURN_IF_ERROR(SetDtype(type.type, &model.files));
  const absl::Status written = WriteWhole(model, type.type, AbsoluteTarget(options.to));
  // What is not there is a place to write to; a value that does not fit the type is data.
  if (!written.ok()) {
    return absl::IsInvalidArgument(written) ? written : WithExitCode(written, ExitCode::kIo);
  }
  out << options.to << ": step " << ref.step() << " of " << options.run << " (" << ref.path() << "), "
      << type.option << "\n";
  return absl::OkStatus();
}

}  // namespace rubato
