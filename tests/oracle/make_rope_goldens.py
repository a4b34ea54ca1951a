"""Makes goldens/rope_4.jsonl or rope_5.jsonl: configs, and the frequencies that `transformers` computes for each.

A line holds a config.json, the angle per position of every pair of elements, and what cosines and sines are
multiplied with.  Run it once in an environment of each version (make_goldens.py says how to make them):

    /tmp/oracle5/bin/python tests/oracle/make_rope_goldens.py
    /tmp/oracle4/bin/python tests/oracle/make_rope_goldens.py
"""

import importlib
import itertools
import json
import pathlib

import transformers

MAJOR = int(transformers.__version__.split(".")[0])
FAMILIES = {
    "LlamaForCausalLM": "llama",
    "Qwen2ForCausalLM": "qwen2",
    "Qwen3ForCausalLM": "qwen3",
}
SIZES = dict(num_hidden_layers=2, hidden_size=64, num_attention_heads=4, num_key_value_heads=2, head_dim=16,
             intermediate_size=48, vocab_size=40, max_position_embeddings=512)
LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=64)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=128)


def without(members, *keys):
    return {key: value for key, value in members.items() if key not in keys}


# What every version reads.
CONFIGS = [
    dict(),
    dict(rope_theta=1e6, rope_scaling=None),
    dict(rope_theta=500000.0, head_dim=6, rope_scaling=dict(rope_type="default")),
    dict(rope_scaling=dict(type="linear", factor=2.5)),
    dict(rope_scaling=dict(type="linear", rope_type="linear", factor=3)),
    dict(rope_theta=500000.0, head_dim=64, rope_scaling=LLAMA3),
    dict(rope_theta=10000.0, head_dim=128, rope_scaling=LLAMA3 | dict(factor=32.0, low_freq_factor=1.5)),
    dict(rope_theta=1e6, head_dim=64, rope_scaling=YARN),
    dict(rope_theta=1e6, head_dim=128, max_position_embeddings=40960,
         rope_scaling=YARN | dict(original_max_position_embeddings=32768)),
    dict(head_dim=10, rope_scaling=YARN),
    dict(rope_scaling=without(YARN, "original_max_position_embeddings", "rope_type") | dict(type="yarn")),
    dict(rope_scaling=YARN | dict(original_max_position_embeddings=4)),  # shorter than one turn
    dict(rope_scaling=YARN | dict(factor=1.0)),
    dict(rope_scaling=YARN | dict(attention_factor=0.75)),
    dict(rope_scaling=YARN | dict(attention_factor=None)),
    dict(head_dim=64, rope_scaling=YARN | dict(beta_fast=16, beta_slow=2.0, truncate=False)),
    dict(head_dim=64, rope_scaling=YARN | dict(beta_fast=0, beta_slow=None, truncate=None)),
    dict(rope_scaling=YARN | dict(mscale=1.0, mscale_all_dim=0.8)),
    dict(rope_scaling=YARN | dict(mscale=0.707)),
    dict(rope_scaling=YARN | dict(mscale=0.0, mscale_all_dim=0.5)),
]

# What transformers 5 alone reads, or reads otherwise.
NEW_CONFIGS = [
    dict(rope_parameters=dict(rope_type="default", rope_theta=1e6)),
    dict(rope_parameters=dict(rope_theta=3e5)),
    dict(rope_theta=2e5, rope_parameters=dict(rope_type="default")),
    dict(rope_theta=2e5, rope_parameters=dict(rope_type="default", rope_theta=4e5)),
    dict(rope_parameters=LLAMA3 | dict(rope_theta=500000.0)),
    dict(rope_parameters=without(LLAMA3, "original_max_position_embeddings") | dict(rope_theta=500000.0)),
    dict(rope_parameters=YARN | dict(rope_theta=1e6)),
    dict(rope_parameters=YARN | dict(rope_theta=1e6), original_max_position_embeddings=32),
    dict(rope_parameters=YARN | dict(factor=None)),
    dict(rope_theta=7e4, rope_scaling=YARN, rope_parameters=dict(rope_type="default", rope_theta=5e5)),
    dict(rope_theta=7e4, rope_scaling={}, rope_parameters=dict(rope_type="default", rope_theta=5e5)),
    dict(rope_scaling=YARN | dict(rope_theta=9e4)),
]


def golden(architecture, changes):
    family = FAMILIES[architecture]
    config = dict(architectures=[architecture], model_type=family) | SIZES | changes
    title = family.capitalize()
    module = importlib.import_module(f"transformers.models.{family}.modeling_{family}")
    parsed = getattr(transformers, title + "Config").from_dict(json.loads(json.dumps(config)))
    rotary = getattr(module, title + "RotaryEmbedding")(parsed)
    angles = [float(f"{angle:.9g}") for angle in rotary.inv_freq.tolist()]  # exact for float
    return dict(config=config, angles=angles, scale=rotary.attention_scaling)


def main():
    families = itertools.cycle(FAMILIES)  # what they compute is the same
    lines = [json.dumps(golden(architecture, changes)) + "\n"
             for architecture, changes in zip(families, CONFIGS + (NEW_CONFIGS if MAJOR >= 5 else []))]
    path = pathlib.Path(__file__).parent / "goldens" / f"rope_{MAJOR}.jsonl"
    path.write_text("".join(lines))
    print(f"{path}: {len(lines)} configs by transformers {transformers.__version__}")


if __name__ == "__main__":
    main()
