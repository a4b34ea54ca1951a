"""A random model in a directory, saved by whichever `transformers` runs."""

import json
import pathlib

import torch
import transformers

MAJOR = int(transformers.__version__.split(".")[0])


def _rope_arguments(rope):
    """transformers 4 keeps theta beside the scaling."""
    if MAJOR >= 5:
        return dict(rope_parameters=dict(rope))
    scaling = {key: value for key, value in rope.items() if key != "rope_theta"}
    return dict(rope_theta=rope["rope_theta"], rope_scaling=None if scaling == {"rope_type": "default"} else scaling)


def make_model(family, config, rope, dtype, sharpness=1.0):
    """Far from the usual small start, so that attention and logits have something to say."""
    config = getattr(transformers, family + "Config")(
        **{"rms_norm_eps": 1e-6, **config}, **_rope_arguments(rope), bos_token_id=1, eos_token_id=2, pad_token_id=0)
    model = getattr(transformers, family + "ForCausalLM")(config)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if name.endswith(".bias"):
                tensor.normal_(0.0, 0.4)
            elif tensor.dim() == 1:
                tensor.normal_(1.0, 0.3)
            elif "embed_tokens" in name or "lm_head" in name:
                tensor.normal_(0.0, 0.2 * sharpness)
            else:
                tensor.normal_(0.0, 1.2 * sharpness / tensor.shape[1] ** 0.5)
    return model.to(getattr(torch, dtype))


def _edit(path, changes):
    config = json.loads(path.read_text())
    for key, value in changes.items():
        config.pop(key, None)
        if value is not ...:
            config[key] = value
    path.write_text(json.dumps(config, indent=2) + "\n")


def make_checkpoint(directory, checkpoint, seed):
    """See checkpoints.py for what a checkpoint is."""
    directory = pathlib.Path(directory)
    torch.manual_seed(seed)
    model = make_model(checkpoint["family"], checkpoint["config"], checkpoint["rope"], checkpoint["dtype"])
    generation = checkpoint.get("generation", 2)
    model.generation_config.eos_token_id = generation
    model.save_pretrained(directory, max_shard_size=checkpoint.get("shard", "5GB"))
    if generation is None:
        (directory / "generation_config.json").unlink()
    _edit(directory / "config.json", checkpoint.get("edit", {}))
