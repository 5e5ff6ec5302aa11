#!/usr/bin/env python3
"""Measures how much errors in each tensor of a model matter, with PyTorch.

It is `ration calibrate` for models that Ration does not run itself, and for models that need GPUs: it runs any
causal language model of transformers forward and backward over text, and writes the same file of statistics.

What is summed up is what Ration sums up (docs/method.md): of every linear layer the squares of its inputs, the
squares of the gradients at its outputs, and the squares of its inputs with tokens weighted by their gradients. Labels
are sampled from the model. The draws are those of `ration calibrate`, so the two sum up the same.

Names and orders come from the GGUF file of the model. Its rows are looked up among the weights that PyTorch runs:
converters rename tensors, stack experts, divide fused weights and reorder rows, and the rows say what was done.
"""

import argparse
import os
import pathlib
import re
import sys

import gguf
import numpy
import torch
import transformers
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from torch.utils.checkpoint import checkpoint

USUAL_TOKENS = 32768
USUAL_SEQUENCE = 512
# The most that a token counts, in medians of its energy: `TokenWeights.limit`.
TOKEN_LIMIT = 64
# How many weights of a row tell it from all others.
KEY_WEIGHTS = 32


class Problem(Exception):
    """What ends the program with a sentence."""


# The statistics


class TensorSums:
    """What is summed up of a tensor of the GGUF file, slice (expert) after slice."""

    def __init__(self, slices, rows, columns):
        self.slices, self.rows, self.columns = slices, rows, columns
        self.reset()

    def reset(self):
        self.inputs = numpy.zeros((self.slices, self.columns))
        self.gradients = numpy.zeros((self.slices, self.rows))
        self.weighted_gradients = numpy.zeros((self.slices, self.rows))
        self.tokens = numpy.zeros(self.slices)
        self.weighted = numpy.zeros((self.slices, self.columns))
        self.weights = numpy.zeros(self.slices)

    def add(self, index, columns, rows):
        """Adds the squares, `tokens × columns` and `tokens × rows`, of the tokens that reached a slice."""
        energies = rows.sum(1)
        positive = energies[energies > 0].sort().values
        median = positive[len(positive) // 2] if len(positive) else energies.new_zeros(())
        shares = (energies / median).clamp(max=TOKEN_LIMIT) if median > 0 else energies
        self.inputs[index] += numbers(columns.sum(0))
        self.gradients[index] += numbers(rows.sum(0))
        self.weighted_gradients[index] += numbers(columns.sum(1) @ rows)
        self.tokens[index] += len(energies)
        self.weighted[index] += numbers(shares @ columns) * float(median)
        self.weights[index] += float(shares.double().sum()) * float(median)


class LookupSums:
    """What is summed up of a table of embeddings."""

    def __init__(self, rows, columns):
        self.tokens = numpy.zeros(rows)
        self.gradients = numpy.zeros(columns)

    def add(self, tokens, gradients):
        self.tokens += numbers(torch.bincount(tokens.flatten(), minlength=len(self.tokens)))
        self.gradients += numbers(squares(gradients).sum(0))


def squares(features):
    """The squares of features, a token a row."""
    return features.reshape(-1, features.shape[-1]).float().square()


def numbers(tensor):
    return tensor.double().cpu().numpy()


# The GGUF file


class ModelTensor:
    """A matrix of the GGUF file, or a stack of them."""

    def __init__(self, tensor):
        self.name = tensor.name
        shape = [int(n) for n in tensor.shape]
        self.columns, self.rows = shape[0], shape[1]
        self.slices = int(numpy.prod(shape[2:]))
        self.type = tensor.tensor_type
        self.data = tensor.data

    def slice(self, index):
        """A matrix in floats."""
        data = self.data.reshape(self.slices, self.rows, -1)[index]
        if self.type == gguf.GGMLQuantizationType.BF16:
            data = numpy.ascontiguousarray(data).view(numpy.uint16).astype(numpy.uint32) << 16
            return torch.from_numpy(data.view(numpy.float32))
        return torch.from_numpy(numpy.array(data, dtype=numpy.float32))

    def rounded(self, weights):
        """Weights as the file's type can hold them."""
        if self.type == gguf.GGMLQuantizationType.F16:
            return weights.half().float()
        return weights.float()

    @property
    def block(self):
        match = re.match(r"blk\.(\d+)\.", self.name)
        return int(match.group(1)) if match else None


def model_tensors(path):
    """The matrices of a model, in the order of their shards."""
    match = re.fullmatch(r"(.*)-(\d{5})-of-(\d{5})\.gguf", str(path))
    paths = [path]
    if match:
        paths = [f"{match[1]}-{n:05}-of-{match[3]}.gguf" for n in range(1, int(match[3]) + 1)]
    plain = {gguf.GGMLQuantizationType[name] for name in ("F32", "F16", "BF16")}
    tensors = []
    for shard in paths:
        for tensor in gguf.GGUFReader(shard).tensors:
            if len(tensor.shape) < 2 or not tensor.name.endswith(".weight"):
                continue
            if tensor.tensor_type not in plain:
                raise Problem(f"{shard}: {tensor.name} is {tensor.tensor_type.name}; give the file in BF16, F16 or F32")
            tensors.append(ModelTensor(tensor))
    return tensors


# Which weights of the network are which tensors of the file


class Part:
    """The part of a parameter that is a slice of a tensor.

    `first` and `second` are the places along the parameter's two axes, in the order of the tensor; None stands for
    all. Rows of the tensor are along the first axis, or, if `flipped`, along the second.
    """

    def __init__(self, sums, index, first=None, second=None, flipped=False):
        self.sums, self.index = sums, index
        self.first, self.second, self.flipped = first, second, flipped

    def add(self, first, second):
        """Adds the squares of what met the parameter along its two axes."""
        first = first if self.first is None else first[:, self.first.to(first.device)]
        second = second if self.second is None else second[:, self.second.to(second.device)]
        rows, columns = (second, first) if self.flipped else (first, second)
        self.sums.add(self.index, columns=columns, rows=rows)


class Parameter:
    """A matrix that the network multiplies with: a parameter, or a slice of a stacked one."""

    def __init__(self, module, name, index, block, expert):
        self.module, self.name, self.index = module, name, index
        self.block, self.expert = block, expert

    def matrix(self):
        with aligned(self.module):
            weights = getattr(self.module, self.name).detach()
            return (weights if self.index is None else weights[self.index]).cpu()


def aligned(module):
    """Has the weights of a module in memory, wherever accelerate keeps them."""
    try:
        from accelerate.utils import align_module_device
    except ImportError:
        import contextlib

        return contextlib.nullcontext()
    return align_module_device(module)


def keys(matrix):
    """What tells each row of a matrix from the others."""
    rows = matrix[:, :KEY_WEIGHTS].bfloat16().contiguous().view(torch.int16).numpy()
    return [row.tobytes() for row in rows]


def places(wanted, there):
    """Where rows stand among others, each of which serves once; None if one is missing."""
    where = {}
    for place, key in reversed(list(enumerate(there))):
        where.setdefault(key, []).append(place)
    found = []
    for key in wanted:
        if not where.get(key):
            return None
        found.append(where[key].pop())
    return torch.tensor(found)


def part(tensor, index, sums, weights):
    """The part of a parameter's weights that a slice of a tensor is; None if it is none."""
    (rows, columns), given = weights.shape, tensor.slice(index)
    weights = tensor.rounded(weights)
    if given.shape == weights.shape and keys(given) == keys(weights):
        return Part(sums, index)
    if given.shape[1] == columns and (found := places(keys(given), keys(weights))) is not None:
        return Part(sums, index, first=found)
    # A weight with its outputs along the second axis.
    if given.shape[1] == rows and (found := places(keys(given), keys(weights.T))) is not None:
        return Part(sums, index, second=found, flipped=True)
    # A tensor that the file has transposed.
    if given.shape[0] == columns and (found := places(keys(given.T), keys(weights))) is not None:
        return Part(sums, index, first=found, flipped=True)
    if given.shape == weights.shape and (found := places(keys(given.T), keys(weights.T))) is not None:
        return Part(sums, index, second=found)
    return None


def parameters(model):
    """The matrices that a network multiplies with, but for those of convolutions and tables."""
    convolutions = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)
    found, seen = [], set()
    for path, module in model.named_modules():
        if isinstance(module, convolutions):
            continue
        for name, parameter in module.named_parameters(recurse=False):
            # A table that is the output head too is found where it is that: at the head.
            is_table = isinstance(module, torch.nn.Embedding)
            if parameter.ndim not in (2, 3) or is_table or (id(module), name) in seen:
                continue
            seen.add((id(module), name))
            numbers_of = [int(n) for n in re.findall(r"\.(\d+)(?=\.)", f".{path}.")]
            block = numbers_of[0] if numbers_of else None
            expert = numbers_of[1] if len(numbers_of) > 1 else None
            if parameter.ndim == 2:
                found.append(Parameter(module, name, None, block, expert))
            else:
                found += [Parameter(module, name, n, block, n) for n in range(parameter.shape[0])]
    return found


def match(tensors, model):
    """Finds every tensor of the file among the weights of a network.

    The result is the sums of each tensor that was found, by its name, and the parts of each parameter, by its module,
    its name and its place in a stack.
    """
    sums, parts, candidates = {}, {}, {}
    for parameter in parameters(model):
        candidates.setdefault(parameter.block, []).append(parameter)
    for tensor in tensors:
        entry = TensorSums(tensor.slices, tensor.rows, tensor.columns)
        found = []
        for index in range(tensor.slices):
            for parameter in candidates.get(tensor.block, []):
                if parameter.expert is not None and parameter.expert != index and tensor.slices > 1:
                    continue
                if result := match_slice(tensor, index, entry, parameter):
                    found.append((parameter, result))
                    break
        if len(found) == tensor.slices:
            sums[tensor.name] = entry
            for parameter, result in found:
                parts.setdefault((parameter.module, parameter.name, parameter.index), []).append(result)
    return sums, parts


def match_slice(tensor, index, entry, parameter):
    with aligned(parameter.module):
        weights = getattr(parameter.module, parameter.name)
        shape = weights.shape[-2:]
    # Nothing is read of what cannot be the same.
    if not {tensor.rows, tensor.columns} & set(shape) or tensor.rows * tensor.columns > shape.numel():
        return None
    return part(tensor, index, entry, parameter.matrix())


def match_tables(tensors, model):
    """The sums of each table of embeddings by its name, and by its module."""
    sums, modules = {}, {}
    for module in model.modules():
        if not isinstance(module, torch.nn.Embedding):
            continue
        with aligned(module):
            weights = module.weight.detach().cpu()
        for tensor in tensors:
            shape = (tensor.rows, tensor.columns)
            if tensor.slices == 1 and tensor.block is None and shape == tuple(weights.shape):
                if keys(tensor.slice(0)) == keys(tensor.rounded(weights)):
                    if tensor.name == "output.weight":
                        continue
                    sums[tensor.name] = modules[module] = LookupSums(*shape)
    return sums, modules


# What is observed while the network runs


class Observed(torch.autograd.Function):
    """A product with a weight, whose gradient is looked at when it comes."""

    @staticmethod
    def forward(context, outputs, inputs, parts, transposed):
        context.save_for_backward(inputs)
        context.parts, context.transposed = parts, transposed
        context.mark_dirty(outputs)
        return outputs

    @staticmethod
    def backward(context, gradients):
        (inputs,) = context.saved_tensors
        first, second = squares(gradients), squares(inputs)
        if context.transposed:
            first, second = second, first
        for part in context.parts:
            part.add(first, second)
        return gradients, None, None, None


class LookedUp(torch.autograd.Function):
    """What a table has under some tokens, whose gradient is looked at when it comes."""

    @staticmethod
    def forward(context, outputs, tokens, sums, scale):
        context.tokens, context.sums, context.scale = tokens, sums, scale
        return outputs.view_as(outputs)

    @staticmethod
    def backward(context, gradients):
        context.sums.add(context.tokens, gradients * context.scale)
        return gradients, None, None, None


class Products(TorchFunctionMode):
    """Looks at every product with a known weight. Experts are often called by functions, so modules do not tell all."""

    running = False
    products = {functional.linear: False, torch.matmul: True, torch.Tensor.matmul: True, torch.Tensor.__matmul__: True}

    def __init__(self, parts):
        super().__init__()
        self.parts = parts
        # The modules that run at the moment, the innermost last.
        self.modules = []

    def __torch_function__(self, function, types, arguments=(), named=None):
        outputs = function(*arguments, **(named or {}))
        if function not in self.products or len(arguments) < 2 or not self.modules:
            return outputs
        module, (inputs, weights) = self.modules[-1], arguments[:2]
        for name, parameter in module.named_parameters(recurse=False):
            index = None
            if parameter.ndim == 3 and weights._base is parameter and weights.ndim == 2:
                index = (weights.storage_offset() - parameter.storage_offset()) // parameter.stride(0)
            elif weights is not parameter:
                continue
            if parts := self.parts.get((module, name, index)):
                return Observed.apply(outputs, inputs, parts, self.products[function])
        return outputs

    def __enter__(self):
        Products.running = True
        return super().__enter__()

    def __exit__(self, *problem):
        Products.running = False
        return super().__exit__(*problem)

    def follow(self, model):
        """Keeps in mind which module runs."""
        for module in {module for module, _, _ in self.parts}:
            module.register_forward_pre_hook(lambda module, _: self.modules.append(module))
            module.register_forward_hook(lambda *_: self.modules.pop() and None, always_call=True)


def watch_table(module, sums):
    def look_up(module, arguments, outputs):
        if not torch.is_grad_enabled():
            return outputs
        # Some tables multiply what they have by a factor, which is no part of the file's.
        scale = getattr(module, "embed_scale", 1)
        return LookedUp.apply(outputs.detach().requires_grad_(), arguments[0], sums, scale)

    module.register_forward_hook(look_up)


def compute_anew(model, products):
    """Lets layers keep nothing but their inputs between forward and backward, and compute the rest anew."""
    count = model.config.get_text_config().num_hidden_layers
    lists = [m for m in model.modules() if isinstance(m, torch.nn.ModuleList) and len(m) == count]
    if not lists:
        raise Problem("the layers of the model are in no list")

    def wrap(forward):
        def observed(*arguments, **named):
            # Backward, layers run on threads of their own.
            if Products.running:
                return forward(*arguments, **named)
            with products:
                return forward(*arguments, **named)

        return lambda *arguments, **named: checkpoint(observed, *arguments, use_reentrant=False, **named)

    for layer in lists[0]:
        layer.forward = wrap(layer.forward)


# The pass


class SplitMix64:
    """Ration's generator of random numbers: Steele, Lea and Flood, "Fast splittable pseudorandom number generators"."""

    def __init__(self, state):
        self.state = state

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
        return z ^ (z >> 31)

    def fraction(self):
        return (self.next() >> 11) * 2.0**-53


def calibrate(model, products, sequences, seeds):
    """Runs sequences forward and backward."""
    tokens = torch.tensor(sequences, device=model.get_input_embeddings().weight.device)
    draws = [generator.fraction() for generator in map(SplitMix64, seeds) for _ in sequences[0]]
    with products:
        outputs = model.base_model(input_ids=tokens, use_cache=False)
    hidden = outputs.last_hidden_state
    if not torch.isfinite(hidden).all():
        raise Problem("the last layer's output is not finite")
    gradient = head_gradient(model, products, type(outputs), hidden.detach(), draws)
    hidden.backward(gradient)


def head_gradient(model, products, outputs_type, hidden, draws):
    """The gradient at the output of the last layer, for labels that are sampled from the model."""
    flat = hidden.reshape(-1, hidden.shape[-1])
    gradient = torch.empty_like(flat)
    vocabulary = model.get_output_embeddings().weight.shape[0]
    # As many tokens at a time as Ration takes, since a token's weight depends on its neighbours' there.
    size = max(64, min(1024, (8 << 20) // vocabulary))
    base = model.base_model
    forward = base.forward
    try:
        for start in range(0, len(flat), size):
            features = flat[start : start + size].clone().requires_grad_()
            # What the model does behind its last layer is its own affair; it is given the features of that.
            base.forward = lambda *_, **__: outputs_type(last_hidden_state=features[None])
            with products:
                logits = model(input_ids=torch.zeros((1, len(features)), dtype=torch.long, device=flat.device)).logits
            logits = logits[0].float()
            sums = logits.detach().softmax(-1).double().cumsum(-1)
            at = torch.tensor(draws[start : start + size], device=logits.device)[:, None]
            # The first token up to which the probabilities exceed the draw.
            labels = (sums > at).int().argmax(-1)
            functional.cross_entropy(logits, labels, reduction="sum").backward()
            gradient[start : start + size] = features.grad
    finally:
        base.forward = forward
    return gradient.reshape(hidden.shape)


# The text


def begins_texts(tokenizer):
    """The token that begins texts where the model wants one; else None."""
    return tokenizer.bos_token_id if tokenizer.bos_token_id in tokenizer("")["input_ids"][:1] else None


def given_sequences(paths, tokenizer, length, most):
    """Texts cut as `ration calibrate` cuts them, spread evenly where there is more than is wanted."""
    start, tokens = begins_texts(tokenizer), []
    for path in paths:
        text = pathlib.Path(path).read_bytes().decode("utf-8-sig")
        tokens += [start] * (start is not None) + tokenizer(text, add_special_tokens=False)["input_ids"]
    available = len(tokens) // length
    if available == 0:
        raise Problem(f"{len(tokens)} tokens are less than one sequence of {length}")
    count = min(available, max(1, most // length))
    sequences = []
    for index in range(count):
        place = index * available // count * length
        sequence = tokens[place : place + length]
        sequences.append([start] + sequence[1:] if start is not None else sequence)
    return sequences


def written_sequences(model, tokenizer, length, count, seed):
    """Texts that the model writes itself, at temperature 1."""
    torch.manual_seed(seed)
    start = begins_texts(tokenizer)
    prompt = [start] if start is not None else tokenizer("\n", add_special_tokens=False)["input_ids"][:1]
    skipped = 0 if start is not None else 1
    sequences = []
    while len(sequences) < count:
        tokens = torch.tensor([prompt] * min(8, count - len(sequences)), device=model.device)
        written = model.generate(
            tokens, attention_mask=torch.ones_like(tokens), do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
            min_length=length + skipped, max_length=length + skipped, pad_token_id=0)
        sequences += written[:, skipped:].tolist()
    return sequences


# The file


def write(path, sums, lookups, names, count, length):
    """Writes the statistics, whole or not at all, as `StatisticsWriter` does."""
    writer = gguf.GGUFWriter(None, "")
    writer.kv_data[0].pop("general.architecture", None)
    writer.add_string("general.type", "imatrix")
    writer.add_array("imatrix.datasets", names)
    writer.add_uint32("imatrix.chunk_count", count)
    writer.add_uint32("imatrix.chunk_size", length)

    def add(name, values):
        writer.add_tensor(name, numpy.ascontiguousarray(values, dtype=numpy.float32))

    for name in sorted(sums.keys() | lookups.keys()):
        entry, lookup = sums.get(name), lookups.get(name)
        if entry and entry.tokens.any():
            add(f"{name}.in_sum2", entry.inputs)
            add(f"{name}.counts", entry.tokens[:, None])
            add(f"{name}.in_weighted_sum2", entry.weighted)
            add(f"{name}.in_weights", entry.weights[:, None])
            add(f"{name}.out_grad_sum2", entry.gradients)
            add(f"{name}.out_grad_weighted_sum2", entry.weighted_gradients)
        if lookup:
            add(f"{name}.lookup_counts", lookup.tokens)
            add(f"{name}.lookup_grad_sum2", lookup.gradients[None])
            if not (entry and entry.tokens.any()):
                add(f"{name}.counts", lookup.tokens.sum()[None, None])
    partial = f"{path}.partial"
    writer.write_header_to_file(pathlib.Path(partial))
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(partial, path)


# The command


def options():
    parser = argparse.ArgumentParser(
        description="Measure how much errors in each tensor of a model matter, with PyTorch.",
        epilog="Next: ration plan MODEL.gguf --statistics FILE chooses the types with them.")
    parser.add_argument("model", help="the model's folder, as transformers loads it, or its name on the hub")
    parser.add_argument("gguf", help="the same model as a GGUF file in BF16, F16 or F32; of a split one the first shard")
    parser.add_argument(
        "--text", action="append", metavar="file",
        help="a text to calibrate on; may be given several times. By default the mixture that comes with Ration")
    parser.add_argument("--self", action="store_true", dest="is_self", help="calibrate on text that the model writes")
    parser.add_argument(
        "--tokens", type=int, default=USUAL_TOKENS, metavar="count",
        help="how many tokens to calibrate on; spread over the text where it has more. Where it has fewer, the model "
        f"writes the rest (default: {USUAL_TOKENS})")
    parser.add_argument(
        "--sequence", type=int, metavar="count",
        help=f"tokens of a sequence; by default {USUAL_SEQUENCE}, or the model's context where that is shorter")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="number", help="what sampled labels and texts depend on (default: 0)")
    parser.add_argument(
        "--bf16", action="store_true", help="compute in bfloat16, which takes half the memory; by default in float32")
    parser.add_argument("-o", "--output", required=True, metavar="file", help="where to write the statistics")
    parser.add_argument("--force", action="store_true", help="replace an existing output")
    given = parser.parse_args()
    if given.text and given.is_self:
        parser.error("give one of --text and --self")
    if given.sequence is not None and given.sequence < 2:
        parser.error("--sequence must be at least 2")
    if given.tokens < (given.sequence or 2):
        parser.error("--tokens must be at least a sequence's")
    if not 0 <= given.seed < 1 << 64:
        parser.error("--seed must be from 0 to 2^64 - 1")
    return given


def load(path, is_bf16):
    """The network, its weights frozen, on all GPUs that there are."""
    places_of = {"device_map": "auto"} if torch.cuda.is_available() else {}
    model = transformers.AutoModelForCausalLM.from_pretrained(
        path, dtype=torch.bfloat16 if is_bf16 else torch.float32, attn_implementation="eager",
        # Experts one by one, each a product of its own.
        experts_implementation="eager", **places_of)
    return model.eval().requires_grad_(False)


def mixed_text():
    return sorted((pathlib.Path(__file__).resolve().parent.parent / "text").glob("*.txt"))


def run(given):
    if os.path.exists(given.output) and not given.force:
        raise Problem(f"{given.output} exists; --force replaces it")
    tensors = model_tensors(given.gguf)
    model = load(given.model, given.bf16)
    tokenizer = transformers.AutoTokenizer.from_pretrained(given.model)
    sums, parts = match(tensors, model)
    lookups, tables = match_tables(tensors, model)
    if not sums or not lookups:
        raise Problem(f"{given.gguf} has not the weights of {given.model}")

    length = given.sequence or min(USUAL_SEQUENCE, model.config.get_text_config().max_position_embeddings)
    paths = [] if given.is_self else given.text or mixed_text()
    sequences = given_sequences(paths, tokenizer, length, given.tokens) if paths else []
    names = [pathlib.Path(path).name for path in paths]
    missing = max(1, given.tokens // length) - len(sequences)
    if missing > 0:
        names.append(f"sampled from {pathlib.Path(given.gguf).name}, seed {given.seed}")
        sequences += written_sequences(model, tokenizer, length, missing, given.seed)

    products = Products(parts)
    products.follow(model)
    for module, table in tables.items():
        watch_table(module, table)
    compute_anew(model, products)

    generator = SplitMix64(given.seed)
    seeds = [generator.next() for _ in sequences]
    batch = max(1, min(2048 // length, len(sequences) // 16))
    for start in range(0, len(sequences), batch):
        calibrate(model, products, sequences[start : start + batch], seeds[start : start + batch])
        done = min(start + batch, len(sequences)) * length
        print(f"\rcalibrating: {done} of {len(sequences) * length} tokens", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)

    write(given.output, sums, lookups, names, len(sequences), length)
    measured = {name for name, entry in sums.items() if entry.tokens.any()} | lookups.keys()
    print(f"{given.output}: {len(measured)} tensors, from {len(sequences) * length} tokens in {len(sequences)} sequences")
    unknown = [tensor.name for tensor in tensors if tensor.name not in measured]
    if unknown:
        print(f"warning: not measured: {', '.join(unknown)}", file=sys.stderr)


def main():
    try:
        run(options())
    except Problem as problem:
        sys.exit(f"error: {problem}")


if __name__ == "__main__":
    main()
