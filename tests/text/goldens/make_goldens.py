"""Makes tokenizer_goldens.json: what the `tokenizers` library does with texts, for the C++ tokenizer to match.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install tokenizers==0.23.3
    /tmp/goldens/bin/python tests/text/goldens/make_goldens.py > tests/text/goldens/tokenizer_goldens.json

Run it from the root of the tree.
"""

import json

import tokenizers

COUNTDOWN = [
    "^12,19,9>22:",
    "19-12=7,9+7=16<12-9=3,3*19=57>19+12=31,31-9=22!#(19+12)-9$",
    "",
    "$",
    "$^_$",
    "12\n",
    "a",
    "<unk>",
]
WORDS = [
    "the cat sat",
    "the dog, sat. the the!",
    "cat  sat\tthe",
    "  ",
    "thé cat_sat 2²",
    "a\u00a0b\u2003c\u200dd",
    "[BOS]cat[EOS]",
    "cat[BOS]",
    "[B][BO][BOS][BOSS]",
    "日本 語",
]


def added(index, content, special=True, normalized=False):
    return {
        "id": index,
        "content": content,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": normalized,
        "special": special,
    }


def tokenizer(model, pre_tokenizer=None, post_processor=None, decoder=None, added_tokens=()):
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": list(added_tokens),
        "normalizer": None,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": post_processor,
        "decoder": decoder,
        "model": model,
    }


def words(tokens, unknown="[UNK]"):
    return {"type": "WordLevel", "vocab": {t: i for i, t in enumerate(tokens)}, "unk_token": unknown}


def characters(tokens, unknown, fuse):
    return {
        "type": "BPE",
        "dropout": None,
        "unk_token": unknown,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": fuse,
        "byte_fallback": False,
        "ignore_merges": False,
        "vocab": {t: i for i, t in enumerate(tokens)},
        "merges": [],
    }


def split(pattern, behavior, invert):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [
        {"SpecialToken": {"id": "[BOS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[EOS]", "type_id": 0}},
    ],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {
        "[BOS]": {"id": "[BOS]", "ids": [1], "tokens": ["[BOS]"]},
        "[EOS]": {"id": "[EOS]", "ids": [2], "tokens": ["[EOS]"]},
    },
}
TOKENS = ["[UNK]", "[BOS]", "[EOS]", "the", "cat", "sat", "dog", ",", ".", "!", "the the", "2", "é"]
MARKS = [added(1, "[BOS]"), added(2, "[EOS]"), added(13, "[BOSS]"), added(14, "[B", False, True)]


def cases():
    with open("examples/countdown/base/tokenizer.json") as file:
        yield "countdown", json.load(file), COUNTDOWN
    whitespace = {"type": "Whitespace"}
    yield "words", tokenizer(words(TOKENS), whitespace), WORDS
    yield "words with marks", tokenizer(words(TOKENS), whitespace, TEMPLATE, None, MARKS), WORDS
    yield "no pre-tokenizer", tokenizer(words(TOKENS)), WORDS + ["the the", "the"]
    abc = ["[UNK]", "a", "b", "c", "é", "日", " "]
    texts = ["abc", "axxbxc", "", "xx", "é日本語a", "a b"]
    for fuse in (False, True):
        yield f"characters, fuse {fuse}", tokenizer(characters(abc, "[UNK]", fuse)), texts
    pieces = ["[UNK]", "-", "--", "a-", "-a", "b", "-b", "b-", "a-b", "---", "a", "a--", "--b"]
    dashes = ["a-b", "a--b", "-a", "b-", "---", "a", "", "-", "a-b-", "--a-b--b"]
    for behavior in ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"):
        for invert in (False, True):
            for pattern in ({"String": "-"}, {"Regex": "-+"}, {"Regex": ""}):
                name = f"{behavior} {json.dumps(pattern)} invert {invert}"
                yield name, tokenizer(words(pieces), split(pattern, behavior, invert)), dashes


def encode(made, text):
    try:
        return made.encode(text).ids
    except Exception:  # The library raises Exception itself: a word that is nowhere, without an unknown token.
        return None


def main():
    goldens = []
    for name, config, texts in cases():
        made = tokenizers.Tokenizer.from_str(json.dumps(config))
        results = []
        for text in texts:
            ids = encode(made, text)
            result = {"text": text, "ids": ids}
            if ids is not None:
                result["all"] = made.decode(ids, skip_special_tokens=False)
                result["plain"] = made.decode(ids, skip_special_tokens=True)
            results.append(result)
        goldens.append({"name": name, "tokenizer": config, "results": results})
    lines = ",\n".join(json.dumps(golden, sort_keys=True) for golden in goldens)
    print(f'{{"tokenizers": "{tokenizers.__version__}", "goldens": [\n{lines}\n]}}')


if __name__ == "__main__":
    main()
