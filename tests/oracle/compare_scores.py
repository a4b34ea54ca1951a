"""Compares what `rubato score` printed with `transformers` in fp64, on any model directory.

    rubato score --model DIR --in requests.jsonl --out scores.jsonl [--temperature T]
    python tests/oracle/compare_scores.py DIR requests.jsonl scores.jsonl [T]

Prints the largest differences; exits 1 if one is above 1e-4.  Loading DIR also shows that `transformers` opens it.
"""

import json
import sys

import qwen3_double

TOLERANCE = 1e-4


def read(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


def largest_difference(a, b):
    assert len(a) == len(b), (len(a), len(b))
    return max((abs(x - y) for x, y in zip(a, b)), default=0.0)


def main(directory, requests, scores, temperature="1"):
    model = qwen3_double.load(directory)
    worst_logprob = worst_entropy = 0.0
    for request, ours in zip(read(requests), read(scores), strict=True):
        logprobs, entropies, _ = qwen3_double.score(model, request["ids"], request["prompt_len"], float(temperature))
        worst_logprob = max(worst_logprob, largest_difference(ours["logprobs"], logprobs))
        worst_entropy = max(worst_entropy, largest_difference(ours["entropies"], entropies))
    print(f"largest difference: log-prob {worst_logprob:.2e}, entropy {worst_entropy:.2e}")
    return int(max(worst_logprob, worst_entropy) > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
