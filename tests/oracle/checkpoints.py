"""The tiny random checkpoints below goldens/checkpoints/, by name: what make_goldens.py makes them from.

Every entry: `family`, `writer` (the major version of `transformers` that saves it), `dtype` on disk, `config` (the
arguments of the config class, alike in both versions), `rope` (in the spelling of transformers 5), and optionally
`shard` (bytes per file), `generation` (end tokens of generation_config.json; None: no such file) and `edit`, by
which config.json is changed into a form that other writers use: a value of `...` takes the key away.

Sizes are odd on purpose: nothing divides a panel, a tile or a vector that need not.
"""


def _sizes(layers, hidden, heads, kv_heads, ffn, vocab, positions, **more):
    return dict(num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, num_key_value_heads=kv_heads,
                intermediate_size=ffn, vocab_size=vocab, max_position_embeddings=positions, **more)


def _default(theta):
    return dict(rope_type="default", rope_theta=theta)


def _linear(theta, factor):
    return dict(rope_type="linear", rope_theta=theta, factor=factor)


def _llama3(theta, factor, low, high, original):
    return dict(rope_type="llama3", rope_theta=theta, factor=factor, low_freq_factor=low, high_freq_factor=high,
                original_max_position_embeddings=original)


def _yarn(theta, factor, **more):
    return dict(rope_type="yarn", rope_theta=theta, factor=factor, **more)


CHECKPOINTS = {
    # Qwen3
    "qwen3-plain-4": dict(
        family="Qwen3", writer=4, dtype="float32", rope=_default(1e6),
        config=_sizes(2, 36, 4, 2, 52, 37, 512, head_dim=20, tie_word_embeddings=True), generation=[5, 2],
    ),
    "qwen3-linear-5": dict(
        family="Qwen3", writer=5, dtype="bfloat16", rope=_linear(1e4, 4.0),
        config=_sizes(2, 26, 8, 1, 45, 41, 512, head_dim=4, attention_bias=True), shard=20000,
    ),
    "qwen3-yarn-4": dict(
        family="Qwen3", writer=4, dtype="bfloat16", rope=_yarn(1e4, 4.0, original_max_position_embeddings=100),
        config=_sizes(1, 28, 5, 5, 33, 43, 400, head_dim=18, attention_bias=True, tie_word_embeddings=True),
        edit={"dtype": ..., "torch_dtype": "bfloat16"},
    ),
    "qwen3-yarn-5": dict(
        family="Qwen3", writer=5, dtype="float16",
        rope=_yarn(1e6, 8.0, original_max_position_embeddings=128, beta_fast=16, beta_slow=2, truncate=False),
        config=_sizes(2, 30, 6, 2, 40, 39, 1024, head_dim=36), generation=7,
    ),
    "qwen3-llama3-5": dict(
        family="Qwen3", writer=5, dtype="float32", rope=_llama3(1e4, 8.0, 1.0, 4.0, 64),
        config=_sizes(1, 22, 7, 1, 31, 53, 512, head_dim=12, tie_word_embeddings=True), generation=None,
    ),
    "qwen3-wide-head-4": dict(  # head_dim is left to its default, 128, whatever the sizes say
        family="Qwen3", writer=4, dtype="bfloat16", rope=_default(1e4),
        config=_sizes(1, 18, 2, 1, 23, 29, 256), edit={"head_dim": ...},
    ),
    # Qwen2
    "qwen2-plain-5": dict(
        family="Qwen2", writer=5, dtype="bfloat16", rope=_default(1e6),
        config=_sizes(2, 42, 3, 1, 50, 47, 512, tie_word_embeddings=True), generation=[3],
    ),
    "qwen2-window-4": dict(  # as Qwen2.5 ships it: a window that nobody uses
        family="Qwen2", writer=4, dtype="bfloat16", rope=_default(1e6),
        config=_sizes(2, 40, 4, 2, 44, 45, 512, max_window_layers=1), shard=20000,
        edit={"sliding_window": 131072, "use_sliding_window": False, "layer_types": ..., "dtype": ...,
              "torch_dtype": "bfloat16"},
    ),
    "qwen2-yarn-4": dict(  # as the model cards of Qwen2.5 tell people to write it
        family="Qwen2", writer=4, dtype="float32", rope=_yarn(1e6, 4.0, original_max_position_embeddings=60),
        config=_sizes(1, 48, 4, 1, 35, 51, 240),
        edit={"rope_scaling": {"factor": 4.0, "original_max_position_embeddings": 60, "type": "yarn"}},
    ),
    "qwen2-yarn-5": dict(
        family="Qwen2", writer=5, dtype="float16",
        rope=_yarn(1e4, 40.0, original_max_position_embeddings=16, mscale=1.0, mscale_all_dim=0.7),
        config=_sizes(2, 30, 5, 1, 37, 38, 640),
    ),
    "qwen2-linear-4": dict(
        family="Qwen2", writer=4, dtype="float16", rope=_linear(5e3, 2.5),
        config=_sizes(2, 32, 4, 4, 41, 40, 512, tie_word_embeddings=True), generation=None, shard=20000,
        edit={"rope_scaling": {"type": "linear", "factor": 2.5}},
    ),
    "qwen2-llama3-5": dict(
        family="Qwen2", writer=5, dtype="float32", rope=_llama3(1e3, 3.2, 1.0, 2.0, 32),
        config=_sizes(1, 24, 6, 3, 29, 44, 128, head_dim=10),
    ),
    # Llama
    "llama-plain-4": dict(
        family="Llama", writer=4, dtype="float16", rope=_default(1e4),
        config=_sizes(2, 40, 5, 5, 54, 33, 512), generation=[2, 9, 4],
        edit={"num_key_value_heads": ..., "head_dim": ..., "tie_word_embeddings": ..., "rope_scaling": ...,
              "attention_bias": ..., "mlp_bias": ..., "dtype": ..., "torch_dtype": "float16"},
    ),
    "llama-llama3-4": dict(  # as Llama 3.1 and 3.2 ship it
        family="Llama", writer=4, dtype="bfloat16", rope=_llama3(5e5, 8.0, 1.0, 4.0, 64),
        config=_sizes(2, 48, 3, 1, 40, 55, 512, tie_word_embeddings=True), generation=[1, 7, 8],
    ),
    "llama-llama3-5": dict(
        family="Llama", writer=5, dtype="bfloat16", rope=_llama3(5e5, 32.0, 1.0, 4.0, 32),
        config=_sizes(2, 24, 8, 2, 43, 46, 512, head_dim=14), shard=20000,
    ),
    "llama-biases-5": dict(
        family="Llama", writer=5, dtype="float32", rope=_default(1e3),
        config=_sizes(2, 27, 3, 1, 25, 35, 512, head_dim=8, attention_bias=True, mlp_bias=True,
                      tie_word_embeddings=True),
    ),
    "llama-linear-5": dict(
        family="Llama", writer=5, dtype="float32", rope=_linear(1e4, 8.0),
        config=_sizes(1, 42, 7, 1, 38, 36, 512, mlp_bias=True), generation=None,
    ),
    "llama-yarn-4": dict(  # no length before scaling: max_position_embeddings is taken for it
        family="Llama", writer=4, dtype="float32", rope=_yarn(1e4, 4.0),
        config=_sizes(2, 32, 4, 1, 42, 34, 320, attention_bias=True), shard=20000,
    ),
    "llama-yarn-5": dict(
        family="Llama", writer=5, dtype="bfloat16",
        rope=_yarn(1e4, 4.0, original_max_position_embeddings=60, attention_factor=1.25),
        config=_sizes(1, 36, 3, 3, 39, 42, 240, head_dim=40),
    ),
    "llama-yarn-mscale-4": dict(  # one of the two scales alone counts for nothing
        family="Llama", writer=4, dtype="float32",
        rope=_yarn(1e4, 16.0, original_max_position_embeddings=128, mscale=0.5, beta_fast=8),
        config=_sizes(1, 30, 5, 1, 28, 31, 2048, head_dim=24, tie_word_embeddings=True),
    ),
    "llama-yarn-absent-5": dict(  # the spelling of 5 by a writer that leaves out what may be left out
        family="Llama", writer=5, dtype="float32", rope=_yarn(1e4, 2.0),
        config=_sizes(1, 24, 2, 2, 26, 32, 300),
        edit={"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4, "factor": 2.0},
              "num_key_value_heads": None},
    ),
}
