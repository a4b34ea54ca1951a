"""Makes the checkpoints of checkpoints.py below goldens/checkpoints/, and what `transformers` computes from them.

Each is saved, and scored in an eager fp32 pass, by the major version of `transformers` that its entry names: run
this once in an environment of each.

    python -m venv /tmp/oracle5 && /tmp/oracle5/bin/pip install -r tests/oracle/requirements.txt
    python -m venv /tmp/oracle4 && /tmp/oracle4/bin/pip install -r tests/oracle/requirements-transformers4.txt
    /tmp/oracle5/bin/python tests/oracle/make_goldens.py
    /tmp/oracle4/bin/python tests/oracle/make_goldens.py

Everything is seeded: on one machine a second run makes the same files.
"""

import json
import pathlib
import random
import shutil
import sys

import torch
import transformers

import eager_scores
from checkpoints import CHECKPOINTS
from make_checkpoint import MAJOR, make_checkpoint

GOLDENS = pathlib.Path(__file__).parent / "goldens" / "checkpoints"

# (tokens, tokens of the prompt, temperature); the first one is scored in bf16 as well.
SEQUENCES = [(120, 1, 1.0), (256, 200, 1.0), (40, 17, 0.7), (30, 29, 1.6)]


def draw_ids(draw, config, length):
    length = min(length, config["max_position_embeddings"])
    return [draw.randrange(config["vocab_size"]) for _ in range(length)]


def rounded(values):
    """Six digits behind the point are far below the tolerance and keep the file small."""
    return [round(value, 6) for value in values]


def golden_sequences(directory, config, seed):
    draw = random.Random(seed)
    model = eager_scores.load(directory)
    sequences = []
    for length, prompt, temperature in SEQUENCES:
        ids = draw_ids(draw, config, length)
        prompt = min(prompt, len(ids) - 1)
        logprobs, entropies = eager_scores.score(model, ids, prompt, temperature)
        sequences.append(dict(ids=ids, prompt_len=prompt, temperature=temperature, logprobs=rounded(logprobs),
                              entropies=rounded(entropies)))
    first = sequences[0]
    coarse, _ = eager_scores.score(eager_scores.load(directory, torch.bfloat16), first["ids"], first["prompt_len"])
    first["bf16_logprobs"] = [round(value, 4) for value in coarse]
    return sequences


def end_tokens(directory):
    tokens = eager_scores.load(directory).generation_config.eos_token_id
    return sorted(tokens if isinstance(tokens, list) else [tokens])


def main():
    for seed, (name, checkpoint) in enumerate(CHECKPOINTS.items()):
        if checkpoint["writer"] != MAJOR or (len(sys.argv) > 1 and name not in sys.argv[1:]):
            continue
        directory = GOLDENS / name
        shutil.rmtree(directory, ignore_errors=True)
        make_checkpoint(directory, checkpoint, seed)
        golden = dict(
            command="python tests/oracle/make_goldens.py", torch=torch.__version__,
            transformers=transformers.__version__, end_token_ids=end_tokens(directory),
            sequences=golden_sequences(directory, checkpoint["config"], seed))
        (directory / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
