"""Makes text/character_class_ranges.cc: how the `tokenizers` library classifies every code point.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install tokenizers==0.23.3
    /tmp/oracle/bin/python tests/oracle/make_character_classes.py > text/character_class_ranges.cc

Run it from the root of the tree. It asks the library itself, whose two regular expression engines carry the
tables of different Unicode versions.
"""

import unicodedata

import tokenizers
from tokenizers import Regex
from tokenizers.normalizers import NFC
from tokenizers.pre_tokenizers import Digits, Split, Whitespace

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def matches(pattern):
    split = Split(Regex(pattern), "removed")
    return lambda character: not split.pre_tokenize_str(character)


def is_word(character):
    joined = Whitespace().pre_tokenize_str("a" + character)
    return len(joined) == 1 and joined[0][0] == "a" + character


def changes(text):
    return NFC().normalize_str(text) != text


def second_halves():
    """Code points that some Unicode version composes with the one before, among them those of this library."""
    halves = set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    for code_point in CODE_POINTS:
        parts = unicodedata.decomposition(chr(code_point)).split()
        if len(parts) == 2 and not parts[0].startswith("<") and changes("".join(chr(int(p, 16)) for p in parts)):
            halves.add(int(parts[1], 16))
    return halves


SECOND_HALVES = second_halves()


def joins(character):
    """Whether NFC may change it or move it across the character before: no boundary of normalization."""
    moves = changes("\u0301" + character) or changes(character + "\u0334")
    return moves or changes(character) or ord(character) in SECOND_HALVES


CLASSES = [  # in the order of the bits of CharacterClass
    matches(r"\p{L}"),
    matches(r"\p{N}"),
    matches(r"\s"),
    is_word,
    lambda character: len(Digits(False).pre_tokenize_str("a" + character)) == 2,
    joins,
]


def ranges():
    first, last, classes = None, None, 0
    for code_point in CODE_POINTS:
        bits = sum(1 << i for i, has in enumerate(CLASSES) if has(chr(code_point)))
        if bits == classes and last == code_point - 1:
            last = code_point
            continue
        if classes:
            yield first, last, classes
        first, last, classes = code_point, code_point, bits
    if classes:
        yield first, last, classes


def main():
    print("// What `tokenizers` %s answers. Made, not written:" % tokenizers.__version__)
    print("//   python tests/oracle/make_character_classes.py > text/character_class_ranges.cc")
    print('\n#include "text/character_class_ranges.h"\n\nnamespace rubato {\nnamespace {\n')
    print("// clang-format off\nconstexpr CharacterClassRange kRanges[] = {")
    line = ""
    for first, last, classes in ranges():
        entry = "{0x%X, 0x%X, %d}," % (first, last, classes)
        if len(line) + len(entry) > 108:
            print("   " + line)
            line = ""
        line += " " + entry
    print("   %s\n};\n// clang-format on\n\n}  // namespace\n" % line)
    print("std::span<const CharacterClassRange> CharacterClassRanges() { return kRanges; }\n\n}  // namespace rubato")


if __name__ == "__main__":
    main()
