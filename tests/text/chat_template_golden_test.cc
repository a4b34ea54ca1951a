// Chats and random templates as `transformers` renders them: tests/oracle/make_template_goldens.py.

#include "common/file.h"
#include "common/json.h"
#include "gtest/gtest.h"
#include "text/chat_template.h"

namespace rubato {
namespace {

std::string SourceOf(const Json& golden) {
  if (const Json* source = golden.Find("source")) return *source->AsString();
  return *ReadFile("tests/text/templates/" + *golden.GetString("template"));
}

TEST(ChatTemplateGoldens, RenderAsInTransformers) {
  const Json goldens = *Json::Parse(*ReadFile("tests/text/goldens/chat_templates.json"));
  const std::string date = *goldens.GetString("date");
  ASSERT_GT((*goldens.GetArray("cases"))->size(), 800u);
  for (const Json& golden : **goldens.GetArray("cases")) {
    const std::string source = SourceOf(golden);
    SCOPED_TRACE(source + "\n" + *golden.GetString("input"));
    const absl::StatusOr<ChatTemplate> chat_template = ChatTemplate::Parse(source);
    const bool must_fail = golden.Find("error") != nullptr;
    EXPECT_TRUE(chat_template.ok() || must_fail) << chat_template.status();
    if (!chat_template.ok()) continue;
    ChatInput input = *ChatInput::FromJson(*golden.GetString("input"));
    ASSERT_TRUE(input.SetDate(date).ok());
    const absl::StatusOr<RenderedChat> rendered = chat_template->Render(input);
    if (must_fail) {
      EXPECT_FALSE(rendered.ok()) << rendered->text << "\ninstead of " << *golden.GetString("error");
    } else {
      ASSERT_TRUE(rendered.ok()) << rendered.status();
      EXPECT_EQ(rendered->text, *golden.GetString("text"));
    }
  }
}

}  // namespace
}  // namespace rubato
