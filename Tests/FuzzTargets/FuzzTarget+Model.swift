import GGUF
import NeuralNetwork
import Planning

extension FuzzTarget {
  /// The reader of models. What it takes can be laid out again in as many bytes, and everything in it can
  /// be asked for.
  static let model = FuzzTarget("model") { bytes in
    try ScratchFile.with(bytes) { path in
      let file = try ModelFile(path: path)
      for entry in file.metadata.entries {
        _ = (entry.value.string, entry.value.integer, entry.value.double, entry.value.bool)
        _ = (entry.value.strings, entry.value.integers, entry.value.doubles)
      }
      for tensor in file.tensors {
        var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
        try bytes.withUnsafeMutableBytes {
          try file.read(tensor, byteRange: 0..<tensor.byteCount, into: $0)
        }
      }
      let layout = try? FileLayout(
        metadata: file.metadata,
        tensors: file.tensors.map { (name: $0.name, shape: $0.shape, type: $0.type) })
      if let layout { precondition(layout.encodedHeader().count == layout.headerBytes) }
      _ = try? ModelOutline(metadata: file.metadata, tensors: file.tensors)
      for context in [1, 4096, Int.max] {
        _ = try? KVCache(
          of: file.metadata, tensors: file.tensors.map(\.name), context: context, type: .F16,
          runtime: .ik)
      }
    }
  }

  /// The reader of networks: what tensors and metadata say together, and of tokenizers.
  static let network = FuzzTarget("network") { bytes in
    try ScratchFile.with(bytes) { path in
      let file = try ModelFile(path: path)
      if let tokenizer = try? Tokenizer(file.metadata, path: path) {
        _ = tokenizer.decode(tokenizer.encode(Array("Some text, 1 2 3.\n\u{1F600}".utf8)))
        _ = tokenizer.textStart
      }
      let network = try Network(file, threads: 1)
      _ = try network.hiddenStates(of: [[0, 0]])
    }
  }
}
