#include "cli/tokenize_command.h"

#include <algorithm>
#include <atomic>
#include <span>
#include <thread>

#include "cli/tokenize_lines.h"
#include "common/arguments.h"
#include "common/concat.h"
#include "common/json_lines.h"
#include "common/status.h"

namespace rubato {

const char kTokenizeHelp[] =
    R"(Reads JSON lines and writes one line each, in the same order:

  {"id": any, "text": "..."}         -> {"id": the same, "ids": [...]}
  {"id": any, "messages": [...]}     -> {"id": the same, "ids": [...]}
  {"id": any, "ids": [...]}          -> {"id": the same, "text": "..."}     with --decode

A text gets the special tokens that the tokenizer's post-processor adds, and special tokens written in it count as such.
Messages go through the model's chat template, which writes the special tokens itself: no others are added, and what looks
like one in the content of a message is text. Beside "messages" a line may have "tools", "documents" and
"add_generation_prompt" (false if absent); every other member, and each of "chat_template_kwargs", is a variable of the
template: "enable_thinking": false.

  --model DIR       Hugging Face model directory; of it tokenizer.json, tokenizer_config.json and the chat template are read
  --in FILE|-       where to read (-, standard input)
  --out FILE|-      where to write (-, standard output)
  --no-special      texts: without the special tokens that the post-processor adds
  --decode          from ids to text
  --skip-special    with --decode: leave special tokens out
  --date YYYY-MM-DD the day that a template may write (strftime_now); today if not given
  --threads N       (one per core)

Exit codes: 0 done, 64 usage, 65 bad model or line (named as FILE:LINE; lines before it are answered), 74 cannot write.

  echo '{"id": 1, "text": "^1,2,3>6:"}' | rubato tokenize --model examples/countdown/base
)";

namespace {

using Answers = std::vector<absl::StatusOr<std::string>>;

// Threads are started for no less than this.
constexpr size_t kBytesPerThread = size_t{64} << 10;

struct TokenizeArguments {
  std::string model, in = "-", out = "-";
  TokenizeOptions options;
  int64_t threads = std::max(1u, std::thread::hardware_concurrency());
};

absl::StatusOr<TokenizeArguments> ParseTokenize(const std::vector<std::string>& words) {
  TokenizeArguments arguments;
  ArgumentParser parser;
  parser.Text("model", &arguments.model);
  parser.Text("in", &arguments.in);
  parser.Text("out", &arguments.out);
  parser.Switch("no-special", &arguments.options.no_special);
  parser.Switch("decode", &arguments.options.decode);
  parser.Switch("skip-special", &arguments.options.skip_special);
  parser.Text("date", &arguments.options.date);
  parser.Count("threads", &arguments.threads, 1, 1024);
  RETURN_IF_ERROR(parser.ParseOptions(words));
  if (arguments.model.empty()) return UsageError("which model? Give --model DIR");
  if (arguments.options.decode && arguments.options.no_special) {
    return UsageError("--no-special is for texts; what --decode leaves out says --skip-special");
  }
  if (arguments.options.skip_special && !arguments.options.decode) {
    return UsageError("--skip-special needs --decode; what is added to texts says --no-special");
  }
  return arguments;
}

// What is wrong with --date is told before anything is read.
absl::Status CheckDate(const std::string& date) {
  if (date.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(ChatInput input, ChatInput::FromMessages(R"([{"role": "user", "content": ""}])"));
  const absl::Status status = input.SetDate(date);
  return status.ok() ? status : UsageError(Concat("--date=", date, ": ", status.message()));
}

size_t BytesOf(std::span<const JsonLine> lines) {
  size_t bytes = 0;
  for (const JsonLine& line : lines) bytes += line.text.size();
  return bytes;
}

Answers AnswerLines(const LineTokenizer& tokenizer, std::span<const JsonLine> lines, size_t threads) {
  Answers answers(lines.size(), absl::UnknownError(""));
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i; (i = next.fetch_add(1)) < lines.size();) answers[i] = tokenizer.Answer(lines[i].text);
  };
  std::vector<std::jthread> others;
  for (size_t i = 1; i < std::min(threads, BytesOf(lines) / kBytesPerThread); ++i) others.emplace_back(work);
  work();
  others.clear();
  return answers;
}

}  // namespace

absl::StatusOr<int> RunTokenize(const std::vector<std::string>& words, const CommandContext&) {
  ASSIGN_OR_RETURN(const TokenizeArguments arguments, ParseTokenize(words));
  RETURN_IF_ERROR(CheckDate(arguments.options.date));
  ASSIGN_OR_RETURN(JsonLinesReader in, JsonLinesReader::Open(arguments.in));
  ASSIGN_OR_RETURN(JsonLinesWriter out, JsonLinesWriter::Open(arguments.out, in));
  ASSIGN_OR_RETURN(Tokenizer tokenizer, Tokenizer::Load(arguments.model));
  const LineTokenizer lines(arguments.model, std::move(tokenizer), ChatTemplate::Load(arguments.model),
                            arguments.options);
  RETURN_IF_ERROR(RunJsonLines(&in, &out, {.lines = 4096, .bytes = size_t{2} << 20},
                               [&](std::span<const JsonLine> batch) {
                                 return AnswerLines(lines, batch, static_cast<size_t>(arguments.threads));
                               }));
  return 0;
}

}  // namespace rubato
