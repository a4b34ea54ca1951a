"""Compares what `rubato score` printed with the eager pass of `transformers`, on any model directory.

    rubato score --model DIR --in requests.jsonl --out scores.jsonl [--temperature T] [--dtype bf16]
    python tests/oracle/compare_scores.py DIR requests.jsonl scores.jsonl [--temperature T] [--dtype bf16]

Prints the differences; exits 1 if one is above 1e-4, or for bf16 if their mean is above 3e-2.  Loading DIR also shows
that `transformers` opens it.
"""

import argparse
import json
import sys

import torch

import eager_scores

LARGEST_FP32 = 1e-4
MEAN_BF16 = 3e-2


def read(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


def differences(a, b):
    assert len(a) == len(b), (len(a), len(b))
    return [abs(x - y) for x, y in zip(a, b)]


def compare(directory, requests, scores, temperature=1.0, bf16=False):
    """Differences of all log-probs and of all entropies."""
    model = eager_scores.load(directory, torch.bfloat16 if bf16 else torch.float32)
    of_logprobs, of_entropies = [], []
    for request, ours in zip(requests, scores, strict=True):
        assert request.get("id") == ours["id"], (request.get("id"), ours["id"])
        logprobs, entropies = eager_scores.score(model, request["ids"], request["prompt_len"], temperature)
        of_logprobs += differences(ours["logprobs"], logprobs)
        of_entropies += differences(ours["entropies"], entropies)
    return of_logprobs, of_entropies


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("requests")
    parser.add_argument("scores")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--dtype", choices=["f32", "bf16"], default="f32")
    args = parser.parse_args()
    bf16 = args.dtype == "bf16"
    failed = False
    both = compare(args.directory, read(args.requests), read(args.scores), args.temperature, bf16)
    for name, values in zip(("log-probs", "entropies"), both):
        mean, largest = sum(values) / max(1, len(values)), max(values, default=0.0)
        print(f"{name}: mean difference {mean:.2e}, largest {largest:.2e}, of {len(values)}")
        # A NaN on either side is not "close".
        failed |= not (mean < MEAN_BF16 if bf16 else largest < LARGEST_FP32)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
