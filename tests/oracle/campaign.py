"""Scores random checkpoints of all families with a built `rubato-rollout score` and with the eager pass of `transformers`.

    ./rubato build //rollout:rubato-rollout
    python tests/oracle/campaign.py bazel-bin/rollout/rubato-rollout FIRST_SEED LAST_SEED

One checkpoint a seed, sequences of 2 to 600 tokens, temperature 1.  Prints every log-prob or entropy that differs by more
than 1e-4, and the largest difference; exits 1 if there was one.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import torch
import transformers

import eager_scores
import make_checkpoint

LARGEST = 1e-4


def rope(draw):
    kind = draw.choice(["default", "linear", "llama3", "yarn"])
    parameters = dict(rope_type=kind, rope_theta=draw.choice([100.0, 1e4, 5e5, 1e6]))
    if kind != "default":
        parameters["factor"] = draw.choice([1.5, 2.0, 4.0, 8.0, 32.0])
    if kind == "llama3":
        parameters.update(low_freq_factor=1.0, high_freq_factor=4.0)
    if kind in ("llama3", "yarn"):
        parameters["original_max_position_embeddings"] = draw.choice([16, 50, 128, 500, 4096])
    if kind == "yarn" and draw.random() < 0.5:
        parameters.update(mscale=draw.choice([0.7, 1.0]), mscale_all_dim=draw.choice([0.5, 1.0]))
    return parameters


def checkpoint(draw):
    family = draw.choice(["Qwen3", "Qwen2", "Llama"])
    kv_heads = draw.choice([1, 1, 2, 3])
    heads = kv_heads * draw.randint(1, 8 if kv_heads == 1 else 4)
    head_dim = 2 * draw.randint(1, 20)
    config = dict(
        num_hidden_layers=draw.randint(1, 4), num_attention_heads=heads, num_key_value_heads=kv_heads,
        hidden_size=heads * head_dim, intermediate_size=draw.randint(3, 90), vocab_size=draw.randint(3, 300),
        max_position_embeddings=draw.choice([600, 1024, 32768]), tie_word_embeddings=draw.random() < 0.5,
        rms_norm_eps=draw.choice([1e-6, 1e-5]))
    if family != "Qwen2":
        config.update(head_dim=head_dim, attention_bias=draw.random() < 0.4)
    if family == "Llama":
        config["mlp_bias"] = draw.random() < 0.4
    return dict(family=family, config=config, rope=rope(draw), generation=2,
                dtype=draw.choice(["float32", "bfloat16", "float16"]))


def requests(draw, vocab):
    lengths = [600, draw.randint(2, 200), draw.randint(2, 40)]
    return [dict(id=i, ids=[draw.randrange(vocab) for _ in range(n)], prompt_len=draw.randint(1, n - 1))
            for i, n in enumerate(lengths)]


def largest_difference(program, seed, directory):
    draw = random.Random(seed)
    settings = checkpoint(draw)
    make_checkpoint.make_checkpoint(directory, settings, seed)
    asked = requests(draw, settings["config"]["vocab_size"])
    ours = subprocess.run([program, "score", "--model", directory], check=True, text=True, stdout=subprocess.PIPE,
                          input="".join(json.dumps(request) + "\n" for request in asked)).stdout.splitlines()
    model = eager_scores.load(directory)
    largest = 0.0
    for request, line in zip(asked, map(json.loads, ours), strict=True):
        logprobs, entropies = eager_scores.score(model, request["ids"], request["prompt_len"])
        pairs = zip(line["logprobs"] + line["entropies"], logprobs + entropies, strict=True)
        largest = max([largest] + [abs(a - b) for a, b in pairs])
    return largest, settings


def main():
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    program, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    seeds, worst, above = range(first, last + 1), 0.0, 0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as directory:
            largest, settings = largest_difference(program, seed, pathlib.Path(directory) / "model")
        worst = max(worst, largest)
        if largest > LARGEST:
            above += 1
            print(f"seed {seed}: {largest:.2e} {json.dumps(settings)}")
    print(f"{len(seeds)} checkpoints, {above} above {LARGEST}, largest difference {worst:.2e}")
    sys.exit(above > 0)


if __name__ == "__main__":
    main()
