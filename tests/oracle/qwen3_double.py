"""Qwen3 of `transformers` with everything in fp64.

The library computes RMS norms, the softmax of attention and RoPE in fp32 whatever the model's dtype is, which costs
about 1e-5; here the same three formulas stay in fp64.
"""

import torch
from transformers.models.qwen3 import modeling_qwen3 as qwen3


def _norm(self, x):
    x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon)
    return self.weight * x


def _rope(self, x, position_ids):
    dim = 2 * len(self.inv_freq)
    inverse = self.config.rope_parameters["rope_theta"] ** -(torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    angles = position_ids[..., None].double() * inverse
    both = torch.cat((angles, angles), dim=-1)
    return both.cos(), both.sin()


def _attention(module, query, key, value, attention_mask, scaling, **_):
    key = qwen3.repeat_kv(key, module.num_key_value_groups)
    value = qwen3.repeat_kv(value, module.num_key_value_groups)
    scores = query @ key.transpose(2, 3) * scaling
    if attention_mask is not None:
        scores = scores + attention_mask
    weights = torch.softmax(scores, dim=-1)
    return (weights @ value).transpose(1, 2).contiguous(), weights


def load(directory):
    qwen3.Qwen3RMSNorm.forward = _norm
    qwen3.Qwen3RotaryEmbedding.forward = _rope
    qwen3.eager_attention_forward = _attention
    return qwen3.Qwen3ForCausalLM.from_pretrained(
        directory, dtype=torch.float64, attn_implementation="eager"
    ).eval()


@torch.no_grad()
def score(model, ids, prompt_len, temperature):
    """Log-probs of ids[prompt_len:] and the entropies they were drawn with, at `temperature`, and the maps."""
    out = model(torch.tensor([ids]), output_attentions=True)
    logs = torch.log_softmax(out.logits[0] / temperature, dim=-1)[prompt_len - 1 : -1]
    targets = torch.tensor(ids[prompt_len:])
    logprobs = logs.gather(1, targets[:, None])[:, 0]
    entropies = -(logs.exp() * logs).sum(-1)
    return logprobs.tolist(), entropies.tolist(), [maps[0].numpy() for maps in out.attentions]
