#include "learner/sft.h"

#include <chrono>
#include <cmath>
#include <map>
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/file.h"
#include "common/status.h"
#include "learner/gradient_engine.h"
#include "learner/likelihood_loss.h"
#include "learner/matrix_ranges.h"
#include "learner/micro_batch_plan.h"
#include "learner/random_weights.h"
#include "learner/schedule.h"
#include "learner/sft_data.h"
#include "policy/model_directory.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

absl::StatusOr<ModelDirectory> FirstModel(const SftOptions& options) {
  if (!options.fresh) return ReadModelDirectory(options.model);
  ASSIGN_OR_RETURN(ModelConfig config, ReadModelConfig(options.model));
  ASSIGN_OR_RETURN(auto files, ReadModelFiles(options.model));
  SlabLayout layout(config);
  Slab weights = RandomWeights(config, layout, options.seed);
  return ModelDirectory{std::move(config), std::move(layout), std::move(weights), std::move(files)};
}

absl::Status CheckOptions(const SftOptions& options) {
  const auto wrong = [](const char* name, double value, const char* need) {
    return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be ", need));
  };
  if (!(options.epochs > 0)) return wrong("epochs", options.epochs, "above 0");
  if (!(options.lr > 0)) return wrong("lr", options.lr, "above 0");
  if (options.batch_tokens < 1) return wrong("batch_tokens", options.batch_tokens, "1 or more");
  if (options.micro_batch_tokens < 16)
    return wrong("micro_batch_tokens", options.micro_batch_tokens, "16 or more");
  if (options.threads < 1) return wrong("threads", options.threads, "1 or more");
  return absl::OkStatus();
}

// What was measured since the last line.
struct Window {
  double loss = 0;
  int64_t trained_tokens = 0;
  int64_t tokens = 0;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

class SftTrainer {
 public:
  SftTrainer(const SftOptions& options, ModelDirectory* model, const std::vector<SftExample>& examples)
      : options_(options),
        model_(*model),
        examples_(examples),
        engine_(model->config, options.threads),
        optimizer_(options.adamw, model->layout.size(), MatrixRanges(model->layout)),
        gradient_(model->layout.size()) {}

  absl::Status Train(std::ostream& progress) {
    const auto updates = PlanSftUpdates(examples_, options_.epochs, options_.batch_tokens, options_.seed);
    Window window;
    for (uint64_t i = 0; i < updates.size(); ++i) {
      const double lr =
          CosineLearningRate(options_.lr, options_.final_lr, options_.warmup, updates.size(), i);
      const double norm = Update(updates[i], lr, &window);
      if (!std::isfinite(norm) || !std::isfinite(window.loss)) {
        return absl::InternalError(absl::StrCat("update ", i + 1, ": loss or gradient is not finite; try a ",
                                                "smaller learning rate than ", options_.lr));
      }
      if ((i + 1) % options_.print_every == 0 || i + 1 == updates.size()) {
        Print(i + 1, updates.size(), lr, norm, window, progress);
        window = Window();
      }
    }
    return absl::OkStatus();
  }

 private:
  // Returns the gradient's norm before clipping.
  double Update(const std::vector<int>& indices, double lr, Window* window) {
    std::vector<MicroBatch> micro_batches = MakeMicroBatches(indices, window);
    engine_.SetWeights(&model_.weights);
    engine_.Run(micro_batches, &gradient_);
    for (const MicroBatch& micro_batch : micro_batches) {
      window->loss += static_cast<const LikelihoodLoss&>(*micro_batch.loss).total();
    }
    const double norm = GradientNorm(gradient_.floats());
    optimizer_.Apply(model_.weights.floats(), gradient_.floats(), ClipScale(norm, options_.clip_norm), lr);
    return norm;
  }

  std::vector<MicroBatch> MakeMicroBatches(const std::vector<int>& indices, Window* window) const {
    std::vector<int> rows;
    int64_t trained = 0;
    for (const int index : indices) {
      const SftExample& example = examples_[index];
      rows.push_back(static_cast<int>(example.tokens.size()) - 1);
      trained += static_cast<int64_t>(example.tokens.size()) - example.prompt_tokens;
      window->tokens += static_cast<int64_t>(example.tokens.size());
    }
    window->trained_tokens += trained;
    const int budget = std::min(options_.micro_batch_tokens, GradientEngine::kMaxPassRows);
    const std::vector<int> firsts = PlanMicroBatches(rows, budget);
    std::vector<MicroBatch> micro_batches(firsts.size() - 1);
    for (size_t i = 0; i < micro_batches.size(); ++i) {
      for (int j = firsts[i]; j < firsts[i + 1]; ++j) Append(examples_[indices[j]], &micro_batches[i].batch);
      micro_batches[i].loss = std::make_unique<LikelihoodLoss>(1.0 / static_cast<double>(trained));
    }
    return micro_batches;
  }

  static void Append(const SftExample& example, PackedBatch* batch) {
    std::vector<uint8_t> trained(example.tokens.size(), 1);
    std::fill_n(trained.begin(), example.prompt_tokens, 0);
    batch->Append(example.tokens, trained, 1.0f);
  }

  void Print(uint64_t update, uint64_t updates, double lr, double norm, const Window& window,
             std::ostream& progress) const {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - window.start;
    progress << absl::StrFormat("update %d/%d  loss %.4f  lr %.2e  grad norm %.3f  %.0f tokens/s\n", update,
                                updates, window.loss / static_cast<double>(window.trained_tokens), lr, norm,
                                static_cast<double>(window.tokens) / seconds.count())
             << std::flush;
  }

  const SftOptions& options_;
  ModelDirectory& model_;
  const std::vector<SftExample>& examples_;
  GradientEngine engine_;
  AdamW optimizer_;
  Slab gradient_;
};

}  // namespace

absl::Status RunSft(const SftOptions& options, std::ostream& progress) {
  RETURN_IF_ERROR(CheckOptions(options));
  ASSIGN_OR_RETURN(ModelDirectory model, FirstModel(options));
  ASSIGN_OR_RETURN(const Tokenizer tokenizer, Tokenizer::Load(options.model));
  if (tokenizer.size() > model.config.vocab) {
    return absl::InvalidArgumentError(absl::StrCat(options.model, ": the tokenizer has ", tokenizer.size(),
                                                   " tokens, the model only ", model.config.vocab));
  }
  ASSIGN_OR_RETURN(const std::vector<SftExample> examples,
                   LoadSftData(options.data, tokenizer, model.config));
  RETURN_IF_ERROR(CreateDirectories(options.out));  // now, not after an hour of training
  SftTrainer trainer(options, &model, examples);
  RETURN_IF_ERROR(trainer.Train(progress));
  // transformers loads in the type that config.json states, whatever the file holds.
  RETURN_IF_ERROR(SetDtype(options.dtype, &model.files));
  return WriteModelDirectory(options.out, model.files, model.layout, model.weights, options.dtype);
}

}  // namespace rubato
