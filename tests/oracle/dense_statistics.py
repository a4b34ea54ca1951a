"""C2, C5 and C6 of docs/credit.md, straight from the formulas, on dense fp64 attention maps of one head."""


def head_distance(a, prompt):
    """C2."""
    n = len(a)
    return sum(a[t][s] * (t - s) for t in range(prompt, n) for s in range(t + 1)) / (n - prompt)


def waad(a, prompt, w):
    """C5, by response position."""
    return [sum(a[t][s] * min(t - s, w) for s in range(t + 1)) for t in range(prompt, len(a))]


def fai(a, prompt, h_lo, h_hi):
    """C6, by response position; None where T(s) is empty."""
    n = len(a)
    means = []
    for s in range(prompt, n):
        rows = [a[t][s] for t in range(s + h_lo, min(n - 1, s + h_hi) + 1)]
        means.append(sum(rows) / len(rows) if rows else None)
    return means
