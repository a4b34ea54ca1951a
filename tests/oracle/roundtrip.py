"""What we write, opened by `transformers`: every golden checkpoint is read and written again by our code, as one file
and in shards, in each type of numbers, and has to open unmodified, without a missing, unexpected or misshapen tensor,
with weights equal to the rounded ones, bit for bit, and so with the same log-probs.

    bazel build //tests/oracle:rewrite
    /tmp/oracle5/bin/python tests/oracle/roundtrip.py bazel-bin/tests/oracle/rewrite
    /tmp/oracle4/bin/python tests/oracle/roundtrip.py bazel-bin/tests/oracle/rewrite

(The environments are those of make_goldens.py.)  Exits 1 if anything differs.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
import transformers

import eager_scores
from make_goldens import GOLDENS

TYPES = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
SHARD_BYTES = [5_000_000_000, 9000]


def load_with_report(directory):
    """The model in fp32, and what was wrong with its weights."""
    key = "dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"
    model, report = transformers.AutoModelForCausalLM.from_pretrained(
        directory, output_loading_info=True, attn_implementation="eager", **{key: torch.float32})
    return model.eval(), {key: value for key, value in report.items() if value}


@torch.no_grad()
def logits(model, ids):
    return model(torch.tensor([ids])).logits


def check(original, written, dtype):
    """A list of what is wrong with `written`, `original` with its weights rounded to `dtype`."""
    ours, problems = load_with_report(written)
    wrong = [f"{key}: {value}" for key, value in problems.items()]
    theirs = eager_scores.load(original)
    expected = {name: tensor.to(dtype).float() for name, tensor in theirs.state_dict().items()}
    theirs.load_state_dict(expected)
    wrong += [f"{name} has other values" for name, tensor in ours.state_dict().items()
              if not torch.equal(tensor, expected[name])]
    if ours.generation_config.to_dict() != theirs.generation_config.to_dict():
        wrong.append("another generation_config")
    ids = json.loads((original / "golden.json").read_text())["sequences"][0]["ids"]
    if not torch.equal(logits(ours, ids), logits(theirs, ids)):
        wrong.append("other logits")
    return wrong


def main(rewrite):
    failures = count = 0
    for original in sorted(GOLDENS.iterdir()):
        for name, dtype in TYPES.items():
            for shard_bytes in SHARD_BYTES:
                with tempfile.TemporaryDirectory() as written:
                    subprocess.run([rewrite, original, written, name, str(shard_bytes)], check=True)
                    files = len(list(pathlib.Path(written).glob("*.safetensors")))
                    wrong = check(original, written, dtype)
                if (files == 1) != (shard_bytes == SHARD_BYTES[0]):
                    wrong.append(f"{files} files")
                count += 1
                failures += bool(wrong)
                for line in wrong:
                    print(f"{original.name} {name} {shard_bytes}: {line}")
    print(f"transformers {transformers.__version__}: {count} directories written, {failures} that open otherwise")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
