#include "text/chat_template.h"

#include <filesystem>

#include "common/exit_code.h"
#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

std::string Refusal(std::string_view source) {
  const absl::Status status = ChatTemplate::Parse(source, "t").status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << source;
  return std::string(status.message());
}

ChatInput Input(std::string_view json = R"({"messages": [{"role": "user", "content": "hi"}]})") {
  return *ChatInput::FromJson(json, "in");
}

absl::StatusOr<RenderedChat> Render(std::string_view source, const ChatInput& input = Input(),
                                    const ChatLimits& limits = {}) {
  return ChatTemplate::Parse(source, "t")->Render(input, limits);
}

std::string Text(std::string_view source, const ChatInput& input = Input()) {
  const absl::StatusOr<RenderedChat> rendered = Render(source, input);
  EXPECT_TRUE(rendered.ok()) << rendered.status();
  return rendered.ok() ? rendered->text : "";
}

std::string Error(std::string_view source, const ChatInput& input = Input(), const ChatLimits& limits = {}) {
  const absl::Status status = Render(source, input, limits).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << source;
  return std::string(status.message());
}

// What is content in brackets.
std::string Marked(std::string_view source, std::string_view content) {
  ChatInput input = Input();
  EXPECT_TRUE(input.Set("c", content).ok());
  const RenderedChat rendered = *Render(source, input);
  std::string marked;
  size_t done = 0;
  for (const TextRange& range : rendered.content) {
    EXPECT_LT(range.begin, range.end);
    EXPECT_TRUE(done == 0 || range.begin > done) << "ranges that touch are one";
    marked += rendered.text.substr(done, range.begin - done) + "[" +
              rendered.text.substr(range.begin, range.size()) + "]";
    done = range.end;
  }
  return marked + rendered.text.substr(done);
}

TEST(ChatTemplate, KnowsWhatCameFromTheCaller) {
  EXPECT_EQ(Marked("<s>{{ c }}</s>", R"("a")"), "<s>[a]</s>");
  EXPECT_EQ(Marked("{{ '<' + c + '>' ~ c }}", R"("a")"), "<[a]>[a]");
  EXPECT_EQ(Marked("{{ c + c }}", R"("a")"), "[aa]");
  EXPECT_EQ(Marked("{{ ('x' + c)[1:] }}|{{ ('x' + c)[::-1] }}", R"("ab")"), "[ab]|[ba]x");
  EXPECT_EQ(Marked("{{ (' ' + c + ' ').strip() }}{{ c | trim }}", R"(" a ")"), "[aa]");
  EXPECT_EQ(Marked("{{ ('x,' ~ c).split(',')[1] }}{{ c.split('b') | join('-') }}", R"("abc")"), "[abca]-[c]");
  EXPECT_EQ(Marked("{{ 'x'.replace('x', c) }}{{ c.replace('a', '.') }}", R"("ab")"), "[ab].[b]");
  EXPECT_EQ(Marked("{{ c | upper }}{{ c.title() }}{{ ('x' ~ c) | capitalize }}", R"("ab")"), "[ABAb]X[ab]");
  EXPECT_EQ(Marked("{{ c | tojson }}", R"({"k": ["v", 1]})"), R"({"[k]": ["[v]", 1]})");
  EXPECT_EQ(Marked("{{ {'t': c} }}", R"("v")"), "{'t': '[v]'}");
  EXPECT_EQ(Marked("{{ '<%s>' % c }}{{ '<{}>'.format(c) }}{{ 'x%s' | format(c) }}", R"("v")"),
            "<[v]><[v]>x[v]");
  EXPECT_EQ(
      Marked("{% set ns = namespace(x=c) %}{{ ns.x }}{% set b %}<{{ c }}>{% endset %}{{ b }}", R"("v")"),
      "[v]<[v]>");
  EXPECT_EQ(
      Marked("{% macro m(x) %}<{{ x }}{{ caller() }}>{% endmacro %}{% call m('t') %}{{ c }}{% endcall %}",
             R"("v")"),
      "<t[v]>");
  EXPECT_EQ(Marked("{% for x in c %}{{ x }},{% endfor %}{{ c | length }}", R"("ab")"), "[a],[b],2");
  EXPECT_EQ(Marked("{{ c | e }}{{ c | indent(1) }}", R"("<\nb")"), "[&lt;\nb<]\n [b]");
}

TEST(ChatTemplate, RefusesByNameAndLineWhatIsOutsideOfTheSubset) {
  EXPECT_EQ(Refusal("\n{% include 'x' %}"), "t:2: the tag 'include' is not supported here");
  EXPECT_EQ(Refusal("{% extends 'x' %}"), "t:1: the tag 'extends' is not supported here");
  EXPECT_EQ(Refusal("{% block x %}{% endblock %}"), "t:1: the tag 'block' is not supported here");
  EXPECT_EQ(Refusal("a\n\n{{ x | wordwrap }}"), "t:3: the filter 'wordwrap' is not supported");
  EXPECT_EQ(Refusal("{% if x is filter %}{% endif %}"), "t:1: the test 'filter' is not supported");
  EXPECT_EQ(Refusal("{{ x.encode('utf-8') }}"), "t:1: the method 'encode' is not supported");
  EXPECT_EQ(Refusal("\n{{ cycler(1) }}"), "t:2: 'cycler' is not supported");
  EXPECT_EQ(Refusal("{% for x in y recursive %}{% endfor %}"), "t:1: recursive loops are not supported");
  EXPECT_EQ(Refusal("{% set loop = 1 %}{% for x in y %}{% set loop = 1 %}{% endfor %}"),
            "t:1: the special variable 'loop' cannot be set inside of a loop");
  EXPECT_EQ(Refusal("{{ 99999999999999999999 }}"), "t:1: whole numbers beyond 64 bits are not supported");
}

TEST(ChatTemplate, RefusesWhatIsNoTemplate) {
  EXPECT_EQ(Refusal("{% if x %}\n"), "t:1: the template ends where a 'endif' is missing");
  EXPECT_EQ(Refusal("{{ x"), "t:1: a tag has no \"}}\"");
  EXPECT_EQ(Refusal("{# x"), "t:1: a comment has no end");
  EXPECT_EQ(Refusal("{{ (x] }}"), "t:1: unexpected ']'");
  EXPECT_EQ(Refusal("{{ }}"), "t:1: unexpected }}, an expression is needed");
  EXPECT_EQ(Refusal("{% break %}"), "t:1: 'break' outside of a loop");
  EXPECT_EQ(Refusal("\xFF"), "t: is not UTF-8");
  EXPECT_THAT(Refusal(std::string(100000, '(').insert(0, "{{")), HasSubstr("t:1: "));
  EXPECT_THAT(Refusal("{{" + std::string(1000, '(') + "1" + std::string(1000, ')') + "}}"),
              HasSubstr("expressions are nested more than the limit of 200 deep"));
}

TEST(ChatTemplate, ReportsErrorsOfRenderingWithTheirLine) {
  EXPECT_EQ(Error("\n{{ raise_exception('no ' ~ 'tools') }}"),
            "t:2: the template refuses this chat: no tools");
  EXPECT_EQ(Error("\n\n{{ x.y }}"), "t:3: 'x' is undefined");
  EXPECT_EQ(Error("{{ messages[0].nothing.more }}"), "t:1: 'dict object' has no attribute 'nothing'");
  EXPECT_EQ(Error("{{ 1 / 0 }}"), "t:1: division by zero");
  EXPECT_EQ(Error("{{ messages.append(1) }}"),
            "t:1: access to attribute 'append' of 'list' object is unsafe.");
  EXPECT_EQ(Error("{{ 'a' + 1 }}"), "t:1: unsupported operand types for +: 'str' and 'int'");
  EXPECT_THAT(Error("{{ [1] | map('upper') }}"), HasSubstr("a generator cannot be written as text"));
}

TEST(ChatTemplate, StopsAtItsLimitsAndNamesThem) {
  const ChatLimits few_steps{.max_steps = 1000};
  EXPECT_EQ(Error("{% for i in range(9999) %}{% endfor %}", Input(), few_steps),
            "t:1: the template takes more than the limit of 1000 steps");
  const ChatLimits few_bytes{.max_bytes = 100};
  const std::string too_long = "t:1: the template makes a text of more than the limit of 100 bytes";
  EXPECT_EQ(Error("{{ 'x' * 101 }}", Input(), few_bytes), too_long);
  EXPECT_EQ(Error("{% for i in range(60) %}{{ 'ab' }}{% endfor %}", Input(), few_bytes), too_long);
  EXPECT_EQ(Error("{{ 'x'.center(101) }}", Input(), few_bytes), too_long);
  EXPECT_EQ(Error("{{ ('x' * 60).replace('x', 'yy') }}", Input(), few_bytes), too_long);
  EXPECT_EQ(Error("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
            "t:1: macros call one another more than the limit of 100 deep");
  EXPECT_THAT(
      Error("{% set ns = namespace(x=1) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}"),
      HasSubstr("values are nested more than the limit of 150 deep"));
  EXPECT_THAT(Error("{% set ns = namespace(x='') %}{% for i in range(9999) %}{% set ns.x = ns.x|map('list') "
                    "%}{% endfor %}"),
              HasSubstr("nested more than the limit"));
  EXPECT_THAT(Error("{% set x = 'ab' * 8000000 %}{% for i in range(99999) %}{% if x.find('c') or x|length "
                    "%}{% endif %}{% endfor %}"),
              HasSubstr("more than the limit of 10000000 steps"))
      << "looking at a long text counts";
  std::string names;
  for (int i = 0; i < 1001; ++i) names += "{{ x" + std::to_string(i) + " }}";
  EXPECT_EQ(Refusal(names), "t: has 1001 different names, more than the limit of 1000");
  EXPECT_EQ(Refusal(std::string(300000, ' ')), "t: has 300000 bytes, more than the limit of 262144");
  EXPECT_THAT(Error("{{ range(100001) }}"), HasSubstr("range() gives more than the limit of 100000 numbers"));
}

TEST(ChatTemplate, SplitsAtWhiteSpaceAsPythonDoes) {
  EXPECT_EQ(Text("{{ ' a  b c '.split() }}{{ ' a  b c '.split(none, 1) }}{{ ' a  b c '.rsplit(none, 1) }}"),
            "['a', 'b', 'c']['a', 'b c '][' a  b', 'c']");
}

TEST(ChatTemplate, SurvivesExtremeNumbers) {
  EXPECT_EQ(Text("{{ 1.5|round(-9223372036854775807 - 1) }}{{ 12345|round(-9223372036854775807) }}"), "0.00");
  EXPECT_EQ(Text("{{ 'abc'[::-9223372036854775807] }}{{ [1, 2][9223372036854775807:] }}"), "c[]");
  EXPECT_THAT(Error("{{ (-9223372036854775807 - 1) // -1 }}"), HasSubstr("beyond 64 bits"));
  EXPECT_EQ(Error("{{ 1 if 1 / 0 }}"), "t:1: division by zero");
}

TEST(ChatTemplate, NumbersFieldsAllOrNone) {
  EXPECT_EQ(Text("{{ '{}{}'.format(1, 2) }}{{ '{1}{0}'.format(1, 2) }}{{ '{a:>3}'.format(a='x') }}"),
            "1221  x");
  EXPECT_EQ(Error("{{ '{}{0}'.format(1) }}"), "t:1: format(): fields are numbered all or none");
}

TEST(ChatTemplate, TakesASliceAsAKey) {
  EXPECT_EQ(Text("{{ {'bc': 1}['abc'[1:]] }}{{ 'abc'[[0, 1][1:][0]:] }}{{ 'abc'[1:]['abc'[:0]|length] }}"),
            "1bcb");
}

TEST(ChatTemplate, FreesNamespacesThatHoldThemselves) {
  EXPECT_EQ(Text("{% set a = namespace() %}{% set a.a = a %}{% set a.b = [a] %}{{ a.a.b | length }}"), "1");
}

TEST(ChatTemplate, WritesTheDateItIsGiven) {
  ChatInput input = Input();
  ASSERT_TRUE(input.SetDate("2024-02-29").ok());
  EXPECT_EQ(Text("{{ strftime_now('%d %b %Y, %A, %j, %H:%M:%S.%f') }}", input),
            "29 Feb 2024, Thursday, 060, 00:00:00.000000");
  for (const char* wrong :
       {"2023-02-29", "2024-13-01", "24-01-01", "2024-1-1", "", "2024-01-01x", "0000-01-01"}) {
    EXPECT_FALSE(input.SetDate(wrong).ok()) << wrong;
  }
}

TEST(ChatInput, KeepsTheOrderOfMembers) {
  EXPECT_EQ(
      Text("{{ tools[0] | tojson }}",
           Input(R"({"messages": [{"role": "user"}], "tools": [{"z": 1, "a": {"y": 2.0, "b": null}}]})")),
      R"({"z": 1, "a": {"y": 2.0, "b": null}})");
}

TEST(ChatInput, DropsNullsOfMessagesAndFindsReasoningUnderItsOtherNames) {
  const ChatInput input = Input(R"({"messages": [{"role": "a", "content": null, "reasoning": "r"}]})");
  EXPECT_EQ(Text("{{ 'content' in messages[0] }} {{ messages[0] }}", input),
            "False {'thinking': 'r', 'role': 'a', 'reasoning': 'r', 'reasoning_content': 'r'}");
}

TEST(ChatTemplate, IsNeverSlowerThanItsStepsSay) {
  const std::string grow =
      "{% set n = namespace(s=(1,)) %}{% for i in range(60) %}{% set n.s = (n.s, n.s) %}{% endfor %}";
  EXPECT_EQ(Error(grow + "{{ {n.s: 1} }}"), "t:1: unhashable type: 'tuple'");
  const std::string texts = "{% set a = 'a' * 8000000 %}{% set b = 'a' * 4000000 ~ 'b' %}";
  EXPECT_EQ(Text(texts + "{{ b in a }} {{ a.find(b) }} {{ a.count(b) }} {{ a.replace(b, '') == a }} {{ "
                         "a.split(b) | length }}"),
            "False -1 0 True 1");
  for (const char* search : {"a.rfind(b)", "a.rsplit(b)", "a.rpartition(b)"}) {
    EXPECT_THAT(Error(texts + "{{ " + search + " }}"), HasSubstr("the limit of 10000000 steps")) << search;
  }
  EXPECT_THAT(Error("{% set n = namespace(d={}) %}{% for i in range(99999) %}"
                    "{% set n.d = dict(n.d, **{'a' ~ i: 1}) %}{% endfor %}"),
              HasSubstr("the limit of 10000000 steps"));
}

TEST(ChatInput, KeepsNullsForTemplatesThatCannotDoWithout) {
  const ChatInput input = Input(R"({"messages": [{"role": "a", "content": null}]})");
  const std::string source =
      "{% if messages[0].content is none %}calls{% else %}{{ '<' + messages[0].content }}";
  EXPECT_EQ(Text(source + "{% endif %}", input), "calls");
  EXPECT_EQ(Error("{{ '<' + messages[0].content }}", input), "t:1: 'dict object' has no attribute 'content'");
}

TEST(ChatInput, TakesVariablesFromTheLineAndItsKwargs) {
  const ChatInput input = Input(
      R"({"id": 1, "messages": [{"role": "user"}], "x": 1, "chat_template_kwargs": {"y": 2, "documents": [{"t": 3}]}})");
  EXPECT_EQ(Text("{{ x }}{{ y }}{{ documents[0].t }}{{ id is defined }}", input), "123False");
}

TEST(ChatInput, NamesWhatIsWrong) {
  const auto error = [](std::string_view json) {
    return std::string(ChatInput::FromJson(json, "in:7").status().message());
  };
  EXPECT_EQ(error("[]"), "in:7: a chat is an object with \"messages\"");
  EXPECT_EQ(error("{}"), "in:7: has no \"messages\"");
  EXPECT_EQ(error(R"({"messages": []})"), "in:7: \"messages\" is empty; a chat has at least one message");
  EXPECT_EQ(error(R"({"messages": [1]})"), "in:7: message 1 of \"messages\" is no object");
  EXPECT_EQ(error(R"({"messages": [{}], "tools": "x"})"), "in:7: \"tools\" is a list or null");
  EXPECT_EQ(error(R"({"messages": [{}], "add_generation_prompt": 1})"),
            "in:7: \"add_generation_prompt\" is true or false");
  EXPECT_THAT(error(R"({"messages": [{"x": 18446744073709551615}]})"), HasSubstr("beyond 64 bits"));
  EXPECT_EQ(error(R"({"messages": [{}], "chat_template_kwargs": {"messages": [{}]}})"),
            "in:7: \"messages\" in \"chat_template_kwargs\" is no variable");
}

class Directory : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_ + "/additional_chat_templates");
  }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFileAtomically(dir_ + "/" + name, text).ok());
  }
  std::string Loaded(const ChatInput& input = Input()) {
    const auto loaded = ChatTemplate::Load(dir_);
    if (!loaded.ok()) return std::string(loaded.status().message());
    if (!loaded->has_value()) return "none";
    const auto rendered = (*loaded)->Render(input);
    return rendered.ok() ? rendered->text : std::string(rendered.status().message());
  }

  const std::string dir_ = ::testing::TempDir() + "/chat_template_directory";
  const ChatInput with_tools_ = Input(R"({"messages": [{"role": "user"}], "tools": [{}]})");
};

TEST_F(Directory, WithoutATemplateGivesNone) {
  EXPECT_EQ(Loaded(), "none");
  Write("tokenizer_config.json", R"({"chat_template": null})");
  EXPECT_EQ(Loaded(), "none");
}

TEST_F(Directory, GivesTheFileBeforeTheConfigBeforeTheOldFile) {
  Write("chat_template.json", R"({"chat_template": "old"})");
  EXPECT_EQ(Loaded(), "old");
  Write("tokenizer_config.json", R"({"chat_template": "config"})");
  EXPECT_EQ(Loaded(), "config");
  Write("chat_template.jinja", "file");
  EXPECT_EQ(Loaded(), "file");
}

TEST_F(Directory, ChoosesAmongSeveralByTools) {
  Write("tokenizer_config.json",
        R"({"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"},
                              {"name": "rag", "template": "{% unused"}]})");
  EXPECT_EQ(Loaded(), "d");
  EXPECT_EQ(Loaded(with_tools_), "t");
  Write("tokenizer_config.json", R"({"chat_template": [{"name": "rag", "template": "r"}]})");
  EXPECT_THAT(Loaded(), HasSubstr("none of them is \"default\""));
  Write("chat_template.jinja", "file");
  Write("additional_chat_templates/tool_use.jinja", "file for tools");
  EXPECT_EQ(Loaded(), "file");
  EXPECT_EQ(Loaded(with_tools_), "file for tools");
}

TEST_F(Directory, KnowsItsSpecialTokens) {
  Write("chat_template.jinja",
        "{{ bos_token }}{{ eos_token }}{{ pad_token }}{{ image_token }}{{ add_bos_token }}");
  Write("tokenizer_config.json",
        R"({"bos_token": "<s>", "eos_token": {"content": "</s>"}, "pad_token": null, "add_bos_token": true,
            "image_token": "<i>", "added_tokens_decoder": {}})");
  Write("special_tokens_map.json", R"({"eos_token": "ignored"})");
  EXPECT_EQ(Loaded(), "<s></s><i>");
  Write("tokenizer_config.json", R"({"bos_token": "<s>"})");
  Write("special_tokens_map.json", R"({"eos_token": {"content": "<e>"}})");
  EXPECT_EQ(Loaded(), "<s><e>");
}

TEST_F(Directory, NamesTheFileAndLineOfWhatItCannotUse) {
  Write("tokenizer_config.json", R"({"chat_template": "\n{{ x | nothing }}"})");
  EXPECT_THAT(Loaded(), HasSubstr("tokenizer_config.json(chat_template):2: the filter 'nothing'"));
  Write("tokenizer_config.json", R"({"chat_template": 7})");
  EXPECT_THAT(Loaded(), HasSubstr("\"chat_template\" is neither a text nor a list"));
  Write("chat_template.jinja", "{% if %}");
  EXPECT_THAT(Loaded(), HasSubstr("chat_template.jinja:1: unexpected %}"));
}

}  // namespace
}  // namespace rubato
