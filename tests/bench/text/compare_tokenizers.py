"""Times Rubato's tokenizer against the `tokenizers` library, one thread each; first checks that the ids are the same.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install -r tests/oracle/requirements-tokenizers.txt
    ./rubato build //tests/bench/text:tokenize_server
    /tmp/oracle/bin/python tests/bench/text/compare_tokenizers.py [DIR...]

Without a DIR that holds a tokenizer.json, three are trained first (the patterns of Llama 3, Qwen2, GPT-2; 120,000
tokens) on the Python sources, the Unicode names and made-up words of eleven scripts: some 30 s. Rounds alternate between
the two, and the ratio of each round counts: printed are the medians. Seconds are of the processor. What is encoded
was not trained on.
"""

import glob
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import unicodedata

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers  # noqa: E402  after the environment that it reads
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers  # noqa: E402
from tokenizers.trainers import BpeTrainer  # noqa: E402

SERVER = "bazel-bin/tests/bench/text/tokenize_server"
ROUNDS = 9
VOCABULARY = 120_000
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
PATTERNS = {"llama3": LLAMA3, "qwen2": LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}"), "gpt2": None}
ALPHABETS = [
    (0x61, 0x7A, 40),
    (0x430, 0x44F, 8),
    (0x3B1, 0x3C9, 4),
    (0x5D0, 0x5EA, 3),
    (0x627, 0x64A, 4),
    (0x905, 0x939, 4),
    (0xE01, 0xE2E, 3),
    (0x4E00, 0x5200, 6),
    (0x3041, 0x3090, 4),
    (0xAC00, 0xB000, 4),
    (0xE0, 0xF6, 6),
]


def made_up_words(draw, count):
    weights = [weight for _, _, weight in ALPHABETS]
    for _ in range(count):
        first, last, _ = draw.choices(ALPHABETS, weights)[0]
        yield "".join(chr(draw.randint(first, last)) for _ in range(draw.randint(2, 9)))


def made_up_lines(draw, words, count):
    for _ in range(count):
        line = [words[int(len(words) * draw.random() ** 1.6)] for _ in range(draw.randint(5, 25))]
        yield " ".join(w.capitalize() if draw.random() < 0.1 else w for w in line) + draw.choice([".", "?", " 42", ""])


def sources():
    paths = sorted(glob.glob(sysconfig.get_path("stdlib") + "/*.py")) + sorted(
        glob.glob(sysconfig.get_path("stdlib") + "/*/*.py")
    )
    return [pathlib.Path(path).read_text(errors="replace") for path in paths]


def corpus():
    """Texts to train on, and texts to encode."""
    draw = random.Random(7)
    code = sources()
    draw.shuffle(code)
    words = list(made_up_words(draw, 90_000))
    named = [chr(c) for c in range(0, 0x30000, 9) if unicodedata.name(chr(c), None)]
    names = [f"{character} {unicodedata.name(character).title()}" for character in named]
    lines = list(made_up_lines(draw, words, 110_000))
    return code[:-80] + names + lines[:90_000], (code[-80:], lines[90_000:])


def train(pattern, texts, directory):
    tokenizer = tokenizers.Tokenizer(models.BPE(ignore_merges=pattern == "llama3"))
    regex = PATTERNS[pattern]
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=regex is None)
    tokenizer.pre_tokenizer = byte_level
    if regex is not None:
        split = pre_tokenizers.Split(Regex(regex), "isolated")
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    if pattern == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts, BpeTrainer(vocab_size=VOCABULARY, initial_alphabet=alphabet, show_progress=False)
    )
    directory.mkdir()
    tokenizer.save(str(directory / "tokenizer.json"))


def text_sets(code, lines):
    draw = random.Random(9)
    joined = "\n".join(code)
    many = lambda texts: ["\n".join(draw.choices(texts, k=40))[:2000] for _ in range(400)]  # noqa: E731
    mixed = [
        piece
        for pair in zip(lines, (text[i : i + 400] for text in code for i in range(0, len(text), 400)))
        for piece in pair
    ]
    return {
        "1 MB, code": [joined[:1_000_000]],
        "1 MB, mixed scripts and code": ["\n".join(mixed)[:600_000]],
        "400 x 2 kB, code": [joined[i * 2000 : i * 2000 + 2000] for i in range(400)],
        "400 x 2 kB, mixed scripts": many(lines),
        "one word of 300 kB": ["".join(draw.choices("abcdefghij", k=300_000))],
    }


class Server:
    def __init__(self, directory):
        self.process = subprocess.Popen(
            [SERVER, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.load_seconds = json.loads(self.process.stdout.readline())["load_seconds"]

    def ask(self, texts, repeats):
        self.process.stdin.write(json.dumps({"texts": texts, "repeats": repeats}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def seconds_of_library(library, texts):
    start = time.process_time()
    for text in texts:
        library.encode(text)
    return time.process_time() - start


def compare(directory, sets):
    path = str(directory / "tokenizer.json")
    merges = len(json.loads(pathlib.Path(path).read_text())["model"]["merges"])
    start = time.process_time()
    library = tokenizers.Tokenizer.from_file(path)
    load_seconds = time.process_time() - start
    server = Server(directory)
    print(f"{directory.name}: {merges} merges; load {server.load_seconds:.2f} s, tokenizers {load_seconds:.2f} s")
    for name, texts in sets.items():
        if server.ask(texts, 0)["ids"] != [library.encode(text).ids for text in texts]:
            sys.exit(f"{name}: the ids differ")
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours += server.ask(texts, 1)["seconds"]
            theirs.append(seconds_of_library(library, texts))
        megabytes = sum(len(text.encode()) for text in texts) / 1e6
        ratios = sorted(b / a for a, b in zip(ours, theirs))
        print(
            f"  {name:29} {megabytes / statistics.median(ours):6.1f} MB/s, tokenizers"
            f" {megabytes / statistics.median(theirs):5.2f} MB/s, ratio {statistics.median(ratios):5.1f}"
            f" ({ratios[0]:.1f} to {ratios[-1]:.1f})"
        )
    server.process.stdin.close()


def main():
    training, (code, lines) = corpus()
    sets = text_sets(code, lines)
    directories = [pathlib.Path(argument) for argument in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as scratch:
        for pattern in [] if directories else PATTERNS:
            train(pattern, training, pathlib.Path(scratch) / pattern)
            directories.append(pathlib.Path(scratch) / pattern)
        for directory in directories:
            compare(directory, sets)


if __name__ == "__main__":
    main()
