"""What generated texts are made of: whatever a pattern, a normalizer or an added token may trip over."""

WORDS = (
    "the of and to in is that for it was I'm can't we'll THEY'RE he'D ISN'T you've O'Neil rock'n'roll time Time "
    "times def return self.x __init__ 0x7f 3.14 1e-9 1,234,567 https://a.b/c?d=e#f C++ #include <br/> &amp; "
    "\u00fcber na\u00efve \u0420\u043e\u0441\u0441\u0438\u044f \u4e2d\u6587\u5b57 \u65e5\u672c\u8a9e "
    "\ud55c\uad6d\uc5b4 \u0639\u0631\u0628\u064a \u05e2\u05d1\u05e8\u05d9\u05ea \u0939\u093f\u0928\u094d\u0926\u0940 "
    "\u0e44\u0e17\u0e22 \u03b5\u03bb\u03bb\u03ac"
).split()
CONTRACTIONS = [
    "'" + tail
    for tail in "s S t T re RE rE ve Ve m M ll lL LL d D \u017f \u212a \ufb05 \ufb06 \u00df x l r v".split()
] + ["''", "'", "\u2019s", "'ll's", "'\u017fun", "'\u017fUN", "'Sun", "'llama", "'REd", "'tx", "x'\u017f"]
NEWLINES = ["\n", "\r\n", "\r", "\n\n", "\n \n", " \n", "\t\n\t", "\x0b\n", "\n   x", "   \n\r\n  "]
SPACED = [" a", "  a", "   a", "\ta", " 1", "  1", " .", "  .", ".\n\n", " .\r\n", "\u3000a", "\u00a0a", "\u00a0.", " \u00e9"]
MARKS = [  # what NFC composes, reorders or leaves alone
    "e\u0301", "a\u0323\u0301", "a\u0301\u0323", "\u0301", "\u0323\u0301", "q\u0307\u0323", "\u1e0a\u0323", "\u212b",
    "\u2126", "\u0344", "\u1100\u1161\u11a8", "\uac00\u11a8", "\u1161", "\u09c7\u09be", "\u0b92\u0bd7",
    "\u0cc6\u0cc2\u0cd5", "=\u0338", "\u0338", "\u0958", "\ufb1d", "\u0f71\u0f72\u0f74", "\U0001d15e",
    "\U00011935\U00011930", "a\u0898\u0323", "a\u1715\u0323", "e\u07fd\u0301",
]
EMOJI = [
    "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f3f3\ufe0f\u200d\U0001f308", "\u2764\ufe0f",
    "\U0001f44d\U0001f3fd", "\U0001f1fa\U0001f1f8", "1\ufe0f\u20e3",
]
SPACES = [0x9, 0xA, 0xB, 0xC, 0xD, 0x20, 0x20, 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029,
          0x202F, 0x205F, 0x3000, 0x180E, 0xFEFF, 0x1C, 0x1F]
ZEROS = [0x30, 0x30, 0x660, 0x6F0, 0x966, 0xFF10, 0x1D7CE, 0xB0, 0x2160, 0x2460, 0x3007, 0x1369, 0x11DE0, 0x104A0,
         0x16FF0]
RANGES = [
    [0x20, 0x7E], [0x21, 0x2F], [0x41, 0x5A], [0x61, 0x7A], [0x0, 0x1F], [0x7F, 0x9F], [0xA1, 0xFF], [0x100, 0x24F],
    [0x250, 0x2FF], [0x300, 0x36F], [0x370, 0x3FF], [0x400, 0x52F], [0x531, 0x58A], [0x591, 0x5F4], [0x600, 0x6FF],
    [0x7C0, 0x7FF], [0x890, 0x8FF], [0x900, 0x97F], [0x980, 0x9FF], [0xB82, 0xBFF], [0xE00, 0xE7F], [0xF00, 0xFFF],
    [0x10A0, 0x10FF], [0x1100, 0x11FF], [0x1360, 0x139F], [0x1AB0, 0x1AFF], [0x1DC0, 0x1DFF], [0x1E00, 0x1FFF],
    [0x2000, 0x206F], [0x2070, 0x20FF], [0x2100, 0x218F], [0x2190, 0x23FF], [0x2460, 0x24FF], [0x2E80, 0x2FFF],
    [0x3000, 0x30FF], [0x3130, 0x318F], [0x3400, 0x4DBF], [0x4E00, 0x9FFF], [0xA640, 0xA69F], [0xA720, 0xA82F],
    [0xAC00, 0xD7FB], [0xE000, 0xE0FF], [0xF900, 0xFAFF], [0xFB00, 0xFDFF], [0xFE00, 0xFEFF], [0xFF00, 0xFFFF],
    [0x10000, 0x101FF], [0x10330, 0x103FF], [0x10D20, 0x10EFF], [0x11000, 0x1147F], [0x11900, 0x11EFF],
    [0x16A00, 0x16FFF], [0x1D000, 0x1D7FF], [0x1E000, 0x1EFFF], [0x1F000, 0x1FAFF], [0x20000, 0x2A6DF],
    [0x2EBF0, 0x323AF], [0xE0000, 0xE01EF], [0x10FF00, 0x10FFFF],
]


def text_parts(added_tokens):
    """The parts for a tokenizer, of whose added tokens whole ones and beginnings occur."""
    texts = WORDS + [" " + word for word in WORDS] + CONTRACTIONS + NEWLINES + SPACED + MARKS + EMOJI
    for token in added_tokens:
        texts += [token, " " + token + " ", token[:3], token[:-1]]
    return {"texts": texts, "spaces": SPACES, "zeros": ZEROS, "ranges": RANGES}
