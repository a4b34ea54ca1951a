"""Texts that are the same here and in tests/text/generated_text.h: a pure function of seed and parts."""

MASK = (1 << 64) - 1


class SplitMix64:
    """Steele, Lea, Flood 2014: "Fast splittable pseudorandom number generators"."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % n


def run(draw, parts):
    """One stretch: a listed text, characters of one range, one character several times, spaces or digits."""
    kind = draw.below(8)
    if kind < 3:
        return parts["texts"][draw.below(len(parts["texts"]))]
    length = 1 + draw.below(6)
    if kind == 3:
        return "".join(chr(parts["spaces"][draw.below(len(parts["spaces"]))]) for _ in range(length))
    if kind == 4:
        return "".join(chr(parts["zeros"][draw.below(len(parts["zeros"]))] + draw.below(10)) for _ in range(length))
    first, last = parts["ranges"][draw.below(len(parts["ranges"]))]
    if kind == 5:
        return chr(first + draw.below(last - first + 1)) * length
    return "".join(chr(first + draw.below(last - first + 1)) for _ in range(length))


def generate(seed, parts):
    draw = SplitMix64(seed)
    return "".join(run(draw, parts) for _ in range(draw.below(10)))
