#include "cli/command.h"

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/arguments.h"
#include "common/concat.h"

namespace rubato {

namespace {

// How many of `arguments` are the words of the command's name; 0: it is another command.
size_t WordsMatched(const Command& command, const std::vector<std::string>& arguments) {
  const std::vector<std::string> words = absl::StrSplit(command.name, ' ');
  if (arguments.size() < words.size()) return 0;
  return std::equal(words.begin(), words.end(), arguments.begin()) ? words.size() : 0;
}

absl::Status NoSuchCommand(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : Commands()) names.push_back(command.name);
  const std::string nearest = NearestName(name, names);
  return UsageError(Concat("there is no command \"", name, "\"",
                           nearest.empty() ? "" : Concat("; did you mean \"", nearest, "\"?"),
                           " `rubato help` lists them all"));
}

absl::StatusOr<int> PrintHelp(const std::vector<std::string>& words, const CommandContext& context) {
  if (words.empty()) {
    *context.out << RenderOverview();
    return 0;
  }
  for (const Command& command : Commands()) {
    if (WordsMatched(command, words) > 0) {
      if (command.help.empty()) return command.run({"--help"}, context);
      *context.out << RenderHelp(command);
      return 0;
    }
  }
  return NoSuchCommand(words[0]);
}

}  // namespace

std::string RenderOverview() {
  std::string text =
      "Rubato trains language models by reinforcement learning, with credit for each token from the model's "
      "own\n"
      "attention.\n\n"
      "  rubato COMMAND ...\n\n";
  for (const Command& command : Commands())
    text += absl::StrFormat("  %-16s %s\n", command.name, command.summary);
  text +=
      "\n`rubato help COMMAND` tells more of each. New here? `rubato quickstart` trains a small model in "
      "minutes.\n";
  return text;
}

std::string RenderHelp(const Command& command) {
  return Concat(command.summary, "\n\n  rubato ", command.name, " ", command.synopsis, "\n\n", command.help);
}

absl::StatusOr<int> RunCommand(const std::vector<std::string>& arguments, const CommandContext& context) {
  if (arguments.empty()) return PrintHelp({}, context);
  if (AsksForHelp(arguments)) return PrintHelp({arguments.begin() + 1, arguments.end()}, context);
  for (const Command& command : Commands()) {
    const size_t words = WordsMatched(command, arguments);
    if (words == 0) continue;
    const std::vector<std::string> rest(arguments.begin() + static_cast<ptrdiff_t>(words), arguments.end());
    if (AsksForHelp(rest)) return PrintHelp(arguments, context);
    return command.run(rest, context);
  }
  return NoSuchCommand(arguments[0]);
}

}  // namespace rubato
