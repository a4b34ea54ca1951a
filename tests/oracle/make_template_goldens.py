"""Makes tests/text/goldens/chat_templates.json: what `transformers` renders of chats with templates.

    pip install transformers==5.23.0 jinja2==3.1.6
    python tests/oracle/make_template_goldens.py > tests/text/goldens/chat_templates.json

Chats of many shapes go through each template of tests/text/templates, and random templates of
template_grammar.py through its own input. A case holds either the text or the error; of errors only that there
is one is compared.
"""

import datetime
import itertools
import json
import pathlib
import random

import jinja2
import template_grammar
import transformers
import transformers.utils.chat_template_utils as chat_template_utils

DATE = "2024-07-26"
TOKENS = {"bos_token": "<|begin|>", "eos_token": "<|end|>"}
RANDOM_SEED = 20241124
RANDOM_CASES = 400


class FixedDatetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromisoformat(DATE)


chat_template_utils.datetime = FixedDatetime

TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": 'The "current" weather <now> & later',
        "parameters": {
            "type": "object",
            "properties": {
                "town": {"type": "string", "description": "Zürich, 東京"},
                "days": {"type": "integer", "enum": [1, 2, 3]},
                "a": {"anyOf": [{"type": "null"}, {"type": "number"}], "default": 1.0},
            },
            "required": ["town"],
        },
    },
}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": {"town": "Ulm", "days": 2, "ok": True, "x": None}}}
TEXT_CALL = {"id": "c2", "type": "function", "function": {"name": "weather", "arguments": '{"town": "Bonn"}'}}


def user(content):
    return {"role": "user", "content": content}


def system(content):
    return {"role": "system", "content": content}


def assistant(content, **more):
    return {"role": "assistant", "content": content, **more}


def reply(content, **more):
    return {"role": "tool", "content": content, **more}


CHATS = [
    [user("Hello")],
    [system("Be brief."), user("  Hi there \n")],
    [user("a"), assistant("b"), user("c")],
    [system("s"), user("a"), assistant("b"), user("c"), assistant("d")],
    [user("q"), assistant("<think>\nhm\n</think>\n\nanswer"), user("r")],
    [user("q"), assistant("answer", reasoning_content="because\n\n"), user("r"), assistant("end", reasoning_content="more")],
    [user("q"), assistant("answer", reasoning="under its other name")],
    [user("w?"), assistant("", tool_calls=[CALL]), reply('{"t": 20}', tool_call_id="c1")],
    [user("w?"), assistant(None, tool_calls=[TEXT_CALL]), reply("21", name="weather"), user("thanks")],
    [user("w?"), assistant("wait", tool_calls=[CALL, TEXT_CALL]), reply("20"), reply("21"), assistant("It is 20.")],
    [user([{"type": "text", "text": "part one"}, {"type": "text", "text": " part two"}])],
    [system("s"), user([{"type": "image"}, {"type": "text", "text": "what?"}, {"type": "hidden"}])],
    [user("")],
    [user("a"), user("b")],
    [assistant("first")],
    [{"role": "user"}],
    [{"role": "odd", "content": "x"}],
    [user("special <|im_end|> </s> 日本語 😀 'q' \"d\" \\ <b>&amp;</b>\t")],
    [user(5)],
    [user("x"), reply("a reply to no call")],
    [user("x"), assistant("", tool_calls=[]), user("z")],
]
TOOLS = [None, [TOOL], [TOOL, {"type": "function", "function": {"name": "n", "parameters": {}}, "b": 1, "a": [1.5, False]}]]
VARIABLES = [{}, {"enable_thinking": False}, {"enable_thinking": True, "date_string": "1 May 2025", "tools_in_user_message": False},
             {"builtin_tools": ["weather", "code_interpreter"]}]


def render(source, messages, tools, prompt, variables):
    # As apply_chat_template does before it renders; where the template cannot do without what is none, as older
    # versions of it do.
    plain = [{key: value for key, value in message.items() if value is not None} for message in messages]
    result = {}
    for given in [plain] if plain == messages else [plain, messages]:
        try:
            texts, _ = chat_template_utils.render_jinja_template(
                [given], tools=tools, chat_template=source, add_generation_prompt=prompt, **variables
            )
            texts[0].encode()
            return {"text": texts[0]}
        except Exception as error:  # whatever a template may do
            result = result or {"error": f"{type(error).__name__}: {error}"[:120]}
    return result


def shape_cases(folder):
    for path in sorted(folder.glob("*.jinja")):
        source = path.read_text()
        for i, (messages, tools, prompt, more) in enumerate(itertools.product(CHATS, TOOLS, (True, False), VARIABLES)):
            if i % 3 == 0:  # a third of them is plenty
                given = {"messages": messages, "tools": tools, "add_generation_prompt": prompt, **TOKENS, **more}
                yield {"template": path.name, "input": json.dumps(given), **render(source, messages, tools, prompt, {**TOKENS, **more})}


def random_cases():
    grammar = template_grammar.Grammar(random.Random(RANDOM_SEED))
    messages = [user("hi")]
    given = json.dumps({"messages": messages, **template_grammar.INPUT})
    count = 0
    while count < RANDOM_CASES:
        source = grammar.template()
        result = render(source, messages, None, False, dict(template_grammar.INPUT))
        chat_template_utils._compile_jinja_template.cache_clear()
        # Mostly those that render; addresses of objects are nothing to compare.
        if " at 0x" in result.get("text", "") or ("error" in result and count % 5):
            continue
        count += 1
        yield {"source": source, "input": given, **result}


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    cases = [*shape_cases(root / "tests/text/templates"), *random_cases()]
    goldens = {
        "made_by": "python tests/oracle/make_template_goldens.py",
        "transformers": transformers.__version__,
        "jinja2": jinja2.__version__,
        "seed": RANDOM_SEED,
        "date": DATE,
        "cases": cases,
    }
    print(json.dumps(goldens, indent=0, ensure_ascii=False))


if __name__ == "__main__":
    main()
