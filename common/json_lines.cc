#include "common/json_lines.h"

#include "common/concat.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::Status AnswerAll(JsonLinesReader* in, JsonLinesWriter* out, const JsonLinesBatch& batch,
                       const AnswerJsonLines& answer) {
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<JsonLine> lines, in->Next(batch.lines, batch.bytes));
    if (lines.empty()) return absl::OkStatus();
    const std::vector<absl::StatusOr<std::string>> answers = answer(lines);
    for (size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i].ok()) {
        return Annotate(answers[i].status(), Concat(in->name(), ":", lines[i].number));
      }
      RETURN_IF_ERROR(out->Write(*answers[i]));
    }
  }
}

}  // namespace

absl::Status RunJsonLines(JsonLinesReader* in, JsonLinesWriter* out, const JsonLinesBatch& batch,
                          const AnswerJsonLines& answer) {
  absl::Status status = AnswerAll(in, out, batch, answer);
  status.Update(out->Finish());
  return status;
}

}  // namespace rubato
