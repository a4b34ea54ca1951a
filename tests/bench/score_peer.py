"""The peer of score_bench: log-probs and entropies by `transformers`, as a Python program would compute them.

    python score_peer.py MODEL_DIRECTORY IDS.json THREADS

IDS.json is a list of sequences.  Reads lines "TYPE ATTENTION BATCH" (f32 or bf16; eager or sdpa; sequences that are
padded and run together) and answers each with the CPU seconds of scoring all sequences from their second token on, the
mean log-prob and the mean entropy.  Sequences are sorted by length, so that padding is least.
"""

import json
import sys
import time

import torch
import transformers

models = {}


def model_of(directory, dtype, attention):
    if (dtype, attention) not in models:
        models[dtype, attention] = transformers.AutoModelForCausalLM.from_pretrained(
            directory, dtype=torch.bfloat16 if dtype == "bf16" else torch.float32, attn_implementation=attention
        ).eval()
    return models[dtype, attention]


@torch.inference_mode()
def score(model, sequences, size):
    logprobs, entropies = [], []
    for begin in range(0, len(sequences), size):
        batch = sequences[begin : begin + size]
        longest = max(len(ids) for ids in batch)
        ids = torch.tensor([s + [0] * (longest - len(s)) for s in batch])
        mask = torch.tensor([[1] * len(s) + [0] * (longest - len(s)) for s in batch])
        logits = model(ids[:, :-1], attention_mask=mask[:, :-1], use_cache=False).logits.float()
        logs = torch.log_softmax(logits, -1)
        keep = mask[:, 1:].bool()
        logprobs.append(logs.gather(2, ids[:, 1:, None])[..., 0][keep])
        entropies.append(-(logs.exp() * logs).sum(-1)[keep])
    return torch.cat(logprobs).mean().item(), torch.cat(entropies).mean().item()


def main():
    directory, ids, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    with open(ids) as text:
        sequences = sorted(json.load(text), key=len)
    for line in sys.stdin:
        dtype, attention, size = line.split()
        model = model_of(directory, dtype, attention)
        start = time.process_time()
        means = score(model, sequences, int(size))
        print(time.process_time() - start, *means, flush=True)


main()
