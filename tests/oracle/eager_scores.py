"""What `transformers` computes for a model directory, in its eager pass."""

import torch
import transformers


def load(directory, dtype=torch.float32):
    key = "dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"
    return transformers.AutoModelForCausalLM.from_pretrained(
        directory, attn_implementation="eager", **{key: dtype}).eval()


@torch.no_grad()
def score(model, ids, prompt_len, temperature=1.0):
    """Log-probs of ids[prompt_len:] and the entropies they were drawn with, at `temperature`, as lists.

    The model computes in its own dtype; what follows its logits is fp64.
    """
    logits = model(torch.tensor([ids])).logits[0].double()
    logs = torch.log_softmax(logits / temperature, dim=-1)[prompt_len - 1 : -1]
    logprobs = logs.gather(1, torch.tensor(ids[prompt_len:])[:, None])[:, 0]
    return logprobs.tolist(), (-(logs.exp() * logs).sum(-1)).tolist()
