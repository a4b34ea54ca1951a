"""Small tokenizers of many kinds, texts that try them, and what the `tokenizers` library does with both."""

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


def tokenizer(model, pre_tokenizer=None, post_processor=None, decoder=None, added_tokens=(), normalizer=None):
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": list(added_tokens),
        "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": post_processor,
        "decoder": decoder,
        "model": model,
    }


def words(tokens, unknown="[UNK]"):
    return {"type": "WordLevel", "vocab": {t: i for i, t in enumerate(tokens)}, "unk_token": unknown}


def characters(tokens, unknown, fuse, merges=(), byte_fallback=False, ignore_merges=False):
    return {
        "type": "BPE",
        "dropout": None,
        "unk_token": unknown,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": fuse,
        "byte_fallback": byte_fallback,
        "ignore_merges": ignore_merges,
        "vocab": {t: i for i, t in enumerate(tokens)},
        "merges": list(merges),
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
    yield from more_cases()


def more_cases():
    """Kinds beyond those of the first three families of goldens."""
    nfc = {"type": "NFC"}
    byte_level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    sequence = {
        "type": "Sequence",
        "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits", "individual_digits": True}],
    }
    pieces = [
        "[UNK]",
        "a",
        "b",
        "1",
        "2",
        "12",
        "ab",
        "\u0120a",
        "\u0120ab",
        "\u01201",
        "\u00c3\u00a9",
        "\u00e9",
        ".,",
        "é1",
    ]
    texts = [
        "a b 12 ab",
        " ab12\u00b2a",
        "a\u3000b",
        "a\u00e9 e\u0301",
        "",
        " ",
        "1 2\n12",
        "ab.,",
        "\u0661a",
        "a\u2028b\u180eb",
    ]
    for kind in (
        {"type": "WhitespaceSplit"},
        {"type": "Digits", "individual_digits": False},
        {"type": "Digits", "individual_digits": True},
        byte_level,
        dict(byte_level, use_regex=False),
        dict(byte_level, add_prefix_space=False),
        sequence,
        {"type": "Sequence", "pretokenizers": [sequence, byte_level]},
        {"type": "Sequence", "pretokenizers": [byte_level, split({"Regex": "\u0120"}, "Isolated", False)]},
    ):
        for normalizer in (None, nfc, {"type": "Sequence", "normalizers": [nfc]}):
            yield f"{json.dumps(kind)} {json.dumps(normalizer)}", tokenizer(
                words(pieces), kind, normalizer=normalizer
            ), texts
    abc = ["<unk>", "a", "b", "c", "ab", "bc", "abc", "<0xC3>", "<0xA9>", "<0x78>"]
    strings = ["abc", "abcabc", "xabxx", "\u00e9a", "a\u00e9x\u65e5xb", "", "zz\u00e9z", "aabbcc"]
    for unknown in ("<unk>", None):
        for fuse in (False, True):
            for fallback in (False, True):
                for merges in (["b c", "a bc"], [["a", "b"], ["ab", "c"]], ["b c"], ["a b", "b c", "ab c", "a b"]):
                    model = characters(abc, unknown, fuse, merges, fallback)
                    yield f"merges {merges} {unknown} {fuse} {fallback}", tokenizer(model), strings
    yield "ignored merges", tokenizer(characters(abc, None, False, ["b c"], ignore_merges=True)), strings
    flags = {"single_word": dict(single_word=True), "lstrip": dict(lstrip=True), "rstrip": dict(rstrip=True)}
    marked = ["a[M]b", "a [M] b", "[M]", "  [M]  [M]\u3000", "a\u00e9[M]", "[M].", "_[M]", "[M][M]", "[M]1", "a\n[M]\n"]
    for name, flag in flags.items():
        mark = dict(added(3, "[M]"), **flag)
        for decoder in (
            None,
            {"type": "Fuse"},
            {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        ):
            model = words(["[UNK]", "a", "b"])
            yield f"{name} {json.dumps(decoder)}", tokenizer(
                model, {"type": "Whitespace"}, None, decoder, [mark]
            ), marked


def encode(made, text):
    try:
        return made.encode(text).ids
    except Exception:  # The library raises Exception itself: a word that is nowhere, without an unknown token.
        return None


def goldens():
    """The text of tokenizer_goldens.json."""
    lines = []
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
        lines.append(json.dumps({"name": name, "tokenizer": config, "results": results}, sort_keys=True))
    return '{"tokenizers": "%s", "goldens": [\n%s\n]}\n' % (tokenizers.__version__, ",\n".join(lines))
