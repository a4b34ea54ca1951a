"""Makes what the tests of text/ compare with: ids and texts of the `tokenizers` library.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install -r tests/oracle/requirements-tokenizers.txt
    /tmp/oracle/bin/python tests/oracle/make_tokenizer_goldens.py           makes tests/text/goldens/
    /tmp/oracle/bin/python tests/oracle/make_tokenizer_goldens.py qwen2 17  prints what is expected of seed 17

Per pattern: a small trained tokenizer (NAME.tokenizer.json), the parts of its texts (NAME.parts.json) and, in
NAME.digests.txt, one line for each of 10,000 seeds: FNV-1a over the ids, four bytes each, and the decoded text.
"""

import json
import pathlib
import sys

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer

import generated_text
import text_parts
import tokenizer_cases

GOLDENS = pathlib.Path(__file__).parent.parent / "text" / "goldens"
SEEDS = 10_000
TRAINING_SEEDS = range(1_000_000, 1_020_000)
VOCABULARY = 4_000

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")


def split_then_bytes(pattern):
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
        ]
    )


def trained(model, pre_tokenizer, normalizer=None):
    """Trained on whole texts, so that merges cross every place where the pattern cuts and show a wrong cut."""
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    parts = text_parts.text_parts([])
    trainer = BpeTrainer(
        vocab_size=VOCABULARY, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator((generated_text.generate(seed, parts) for seed in TRAINING_SEEDS), trainer)
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def gpt2():
    tokenizer = trained(models.BPE(), pre_tokenizers.ByteLevel(add_prefix_space=False))
    tokenizer.add_special_tokens([AddedToken("<|endoftext|>", normalized=True, special=True)])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True), AddedToken("<r>", rstrip=True)])
    tokenizer.add_tokens([AddedToken("time", single_word=True, normalized=False)])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def llama3():
    tokenizer = trained(models.BPE(ignore_merges=True), split_then_bytes(LLAMA3))
    begin = "<|begin_of_text|>"
    tokenizer.add_special_tokens([begin, "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"])
    template = processors.TemplateProcessing(
        single=begin + " $A", pair=f"{begin} $A {begin}:1 $B:1", special_tokens=[(begin, tokenizer.token_to_id(begin))]
    )
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    return tokenizer


def qwen2():
    tokenizer = trained(models.BPE(), split_then_bytes(QWEN2), normalizers.NFC())
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in ("<tool_call>", "</tool_call>", "<think>")])
    tokenizer.add_tokens([AddedToken("caf\u00e9", normalized=True), AddedToken("e\u0301te\u0301", normalized=True)])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


PATTERNS = {"gpt2": gpt2, "llama3": llama3, "qwen2": qwen2}


def digest(ids, text):
    value = 0x811C9DC5
    for byte in b"".join(i.to_bytes(4, "little") for i in ids) + text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def result(tokenizer, seed, parts):
    ids = tokenizer.encode(generated_text.generate(seed, parts)).ids
    return ids, tokenizer.decode(ids, skip_special_tokens=False)


def make_pattern(name):
    tokenizer = PATTERNS[name]()
    config = json.loads(tokenizer.to_str())
    parts = text_parts.text_parts([token["content"] for token in config["added_tokens"]])
    compact = dict(ensure_ascii=False, separators=(",", ":"))
    (GOLDENS / f"{name}.tokenizer.json").write_text(json.dumps(config, **compact) + "\n")
    (GOLDENS / f"{name}.parts.json").write_text(json.dumps(parts, **compact) + "\n")
    digests = [digest(*result(tokenizer, seed, parts)) for seed in range(SEEDS)]
    (GOLDENS / f"{name}.digests.txt").write_text("\n".join(digests) + "\n")


def explain(name, seed):
    tokenizer = Tokenizer.from_file(str(GOLDENS / f"{name}.tokenizer.json"))
    parts = json.loads((GOLDENS / f"{name}.parts.json").read_text())
    ids, text = result(tokenizer, seed, parts)
    print(
        ascii(generated_text.generate(seed, parts)), [(i, tokenizer.id_to_token(i)) for i in ids], ascii(text), sep="\n"
    )


def main():
    if len(sys.argv) == 3:
        return explain(sys.argv[1], int(sys.argv[2]))
    (GOLDENS / "tokenizer_goldens.json").write_text(tokenizer_cases.goldens())
    for name in PATTERNS:
        make_pattern(name)
    print("made with tokenizers", tokenizers.__version__)


if __name__ == "__main__":
    main()
