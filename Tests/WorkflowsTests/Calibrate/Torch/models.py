"""Makes small random models, each as a folder of transformers and as a GGUF file of the same weights.

`python models.py FOLDER` writes FOLDER/NAME and FOLDER/NAME.gguf for every NAME below. The tokens are the bytes, and
"th".
"""

import pathlib
import sys

import gguf
import numpy
import tokenizers
import torch
import transformers

SHAPE = dict(
    vocab_size=257, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=16,
    max_position_embeddings=128, rms_norm_eps=1e-5, rope_theta=10000.0, initializer_range=0.2)


def models():
    yield "llama", "llama", transformers.LlamaForCausalLM(
        transformers.LlamaConfig(intermediate_size=96, tie_word_embeddings=False, **SHAPE))
    yield "qwen3", "qwen3", transformers.Qwen3ForCausalLM(
        transformers.Qwen3Config(intermediate_size=96, tie_word_embeddings=True, **SHAPE))
    yield "qwen3moe", "qwen3moe", transformers.Qwen3MoeForCausalLM(
        transformers.Qwen3MoeConfig(
            num_experts=8, num_experts_per_tok=3, moe_intermediate_size=32, norm_topk_prob=True, intermediate_size=96,
            tie_word_embeddings=False, **SHAPE))


def vocabulary():
    """The tokens: a character for each byte, as byte-level vocabularies have it, and one merge."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (b for b in range(256) if b not in plain)
    characters = {b: chr(b) for b in plain} | {b: chr(256 + n) for n, b in enumerate(others)}
    return [characters[b] for b in range(256)] + ["th"]


def save_tokenizer(folder):
    numbers = {token: number for number, token in enumerate(vocabulary())}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=numbers, merges=[("t", "h")]))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)


def permuted(weights, heads):
    """Rows of queries or keys as llama's converter orders them: pairs of a rotation side by side."""
    rows, columns = weights.shape
    return weights.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def tensors(model, architecture):
    """The tensors of the GGUF file, by name."""
    names = gguf.get_tensor_name_map({v: k for k, v in gguf.MODEL_ARCH_NAMES.items()}[architecture], 2)
    heads = {"attn_q": SHAPE["num_attention_heads"], "attn_k": SHAPE["num_key_value_heads"]}
    for path, parameter in model.named_parameters():
        weights = parameter.detach().float().numpy()
        if path.endswith("experts.gate_up_proj"):
            block = path.split(".")[2]
            for name, half in zip(("gate", "up"), numpy.split(weights, 2, axis=1)):
                yield f"blk.{block}.ffn_{name}_exps.weight", half
            continue
        name = names.get_name(path, try_suffixes=(".weight",))
        if path.endswith("experts.down_proj"):
            name += ".weight"
        if architecture == "llama" and (key := name.split(".")[-2]) in heads:
            weights = permuted(weights, heads[key])
        yield name, weights


def write(model, architecture, path):
    writer = gguf.GGUFWriter(path, architecture)
    config = model.config
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(16)
    writer.add_value_length(16)
    writer.add_rope_dimension_count(16)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    if architecture == "qwen3moe":
        writer.add_expert_count(config.num_experts)
        writer.add_expert_used_count(config.num_experts_per_tok)
        writer.add_expert_feed_forward_length(config.moe_intermediate_size)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary())
    writer.add_token_types([1] * 257)
    writer.add_array("tokenizer.ggml.merges", ["t h"])
    writer.add_add_bos_token(False)
    for name, weights in tensors(model, architecture):
        writer.add_tensor(name, numpy.ascontiguousarray(weights, dtype=numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, architecture, model in models():
        torch.manual_seed(1)
        # Values that differ from row to row: norms are ones otherwise.
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, mean=1.0 if parameter.ndim == 1 else 0.0, std=0.2)
        model.save_pretrained(folder / name)
        save_tokenizer(folder / name)
        write(model, architecture, folder / f"{name}.gguf")


main()
