"""Makes the tiny random Qwen3 checkpoints goldens/tied and goldens/untied, and what `transformers` computes from them,
in fp64, with the statistics of docs/credit.md.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install -r tests/oracle/requirements.txt
    /tmp/oracle/bin/python tests/oracle/make_statistics_goldens.py

Everything is seeded: a second run makes the same files.
"""

import json
import pathlib
import random

import torch
import transformers

import dense_statistics
import qwen3_double

GOLDENS = pathlib.Path(__file__).parent / "goldens"
COMMAND = "python tests/oracle/make_statistics_goldens.py"

# Odd sizes on purpose: nothing divides a panel, a tile or a vector that need not.
MODELS = {
    # tied, two query heads a KV head, fp32, config.json in the form of transformers 4
    "tied": dict(
        num_hidden_layers=4, hidden_size=36, num_attention_heads=4, num_key_value_heads=2, head_dim=16,
        intermediate_size=52, vocab_size=37, max_position_embeddings=256, tie_word_embeddings=True,
        rope_theta=1e4, dtype=torch.float32, eos_token_id=[2, 5],
    ),
    # untied, three query heads on one KV head, bf16, config.json in the form of transformers 5
    "untied": dict(
        num_hidden_layers=3, hidden_size=44, num_attention_heads=3, num_key_value_heads=1, head_dim=32,
        intermediate_size=76, vocab_size=61, max_position_embeddings=256, tie_word_embeddings=False,
        rope_theta=1e6, dtype=torch.bfloat16, eos_token_id=2,
    ),
}

# (tokens, tokens of the prompt, temperature)
SEQUENCES = [(2, 1, 1.0), (3, 1, 0.7), (63, 5, 1.0), (64, 64 - 9, 1.3), (65, 1, 1.0), (130, 64, 1.0), (200, 65, 0.8)]
CAPTURE = dict(w=10, h_lo=10, h_hi=50)


def make_model(settings):
    settings = dict(settings)
    dtype = settings.pop("dtype")
    theta = settings.pop("rope_theta")
    config = transformers.Qwen3Config(
        **settings, rms_norm_eps=1e-6, rope_parameters={"rope_type": "default", "rope_theta": theta},
        bos_token_id=1, pad_token_id=0,
    )
    model = transformers.Qwen3ForCausalLM(config)
    with torch.no_grad():  # far from the usual small start, so that attention and logits have something to say
        for name, tensor in model.named_parameters():
            if tensor.dim() == 1:
                tensor.normal_(1.0, 0.3)
            elif "embed_tokens" in name or "lm_head" in name:
                tensor.normal_(0.0, 0.5)
            else:
                tensor.normal_(0.0, 1.2 / tensor.shape[1] ** 0.5)
    return model.to(dtype)


def as_transformers_4(path):
    config = json.loads(path.read_text())
    config["rope_theta"] = config.pop("rope_parameters")["rope_theta"]
    config["rope_scaling"] = None
    config["torch_dtype"] = config.pop("dtype")
    path.write_text(json.dumps(config, indent=2) + "\n")


def statistics(maps, prompt):
    third = len(maps) // 3
    layers = list(range(third, 2 * len(maps) // 3 + 1))  # C1 for so few layers
    heads = [head.tolist() for layer in layers for head in maps[layer]]
    return dict(
        CAPTURE, layers=layers, heads=len(maps[0]),
        d=[dense_statistics.head_distance(a, prompt) for a in heads],
        waad=[dense_statistics.waad(a, prompt, CAPTURE["w"]) for a in heads],
        fai=[dense_statistics.fai(a, prompt, CAPTURE["h_lo"], CAPTURE["h_hi"]) for a in heads],
    )


def rounded(value):
    """Ten digits are far below every tolerance and keep the file small."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


def main():
    for seed, (name, settings) in enumerate(MODELS.items()):
        torch.manual_seed(seed)
        directory = GOLDENS / name
        make_model(settings).save_pretrained(directory)
        if name == "tied":
            as_transformers_4(directory / "config.json")
        model = qwen3_double.load(directory)
        draw = random.Random(seed)
        sequences = []
        for length, prompt, temperature in SEQUENCES:
            ids = [draw.randrange(settings["vocab_size"]) for _ in range(length)]
            logprobs, entropies, maps = qwen3_double.score(model, ids, prompt, temperature)
            entry = dict(ids=ids, prompt_len=prompt, temperature=temperature, logprobs=logprobs, entropies=entropies)
            if length - prompt > CAPTURE["h_hi"] and length < 200:
                entry["statistics"] = statistics(maps, prompt)
            sequences.append(rounded(entry))
        golden = dict(command=COMMAND, torch=torch.__version__, transformers=transformers.__version__,
                      sequences=sequences)
        (directory / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
