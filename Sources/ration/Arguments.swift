import ArgumentParser
import Codecs
import GGUF
import Measurement
import Planning
import Reports
import Workflows

/// A size in bytes: `23GiB`, `900MB`, `1.5G`, `4096`.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  /// Units by powers of 1024 (`KiB`, and `K` for short) and of 1000 (`KB`), in any capitalisation.
  private static let units: [String: Double] = [
    "": 1, "b": 1,
    "k": 0x1p10, "kib": 0x1p10, "m": 0x1p20, "mib": 0x1p20,
    "g": 0x1p30, "gib": 0x1p30, "t": 0x1p40, "tib": 0x1p40,
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
  ]

  init?(argument: String) {
    let number = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = argument.dropFirst(number.count).drop { $0 == " " }
    guard let value = Double(number), let factor = Self.units[unit.lowercased()],
      value > 0, value * factor < 0x1p53
    else { return nil }
    bytes = Int(value * factor)
  }
}

extension Sampling: ExpressibleByArgument {
  package init?(argument: String) {
    if argument == "full" {
      self = .full
    } else if let share = Double(argument), share > 0, share <= 1 {
      self = .fraction(share)
    } else {
      return nil
    }
  }
}

extension Runtime: ExpressibleByArgument {}

extension Weighting: ExpressibleByArgument {
  /// The help of the option that chooses one.
  static let help = ArgumentHelp(
    "What encoders weigh errors by.",
    discussion: """
      importance is the loss that is predicted; heuristic is what llama.cpp and ik_llama.cpp \
      minimise, importance times √(σ² + x²).
      """)
}

extension SensitivitySource: ExpressibleByArgument {
  /// The help of the option that chooses one.
  static let help = ArgumentHelp(
    "Where to take from how much errors of a tensor matter: measured, prior, none, or a table.",
    discussion: """
      measured are the row sensitivities of the statistics, the default where they have them. The prior \
      is what tensors of such names and sizes lost in other models, else the default. A table is a \
      kld_results.csv of the GGUF Tool Suite. With none, errors count as they are. Prior and tables: \
      measured by Thireus, GGUF Tool Suite and its contributors.
      """,
    valueName: "source|file")

  package init?(argument: String) {
    switch argument {
    case "measured": self = .measured
    case "prior": self = .prior
    case "none": self = .none
    case "": return nil
    default: self = .table(path: argument)
    }
  }

  package var defaultValueDescription: String { "measured, else prior" }
}

extension DistortionReport.Order: ExpressibleByArgument {}

/// A list of types that Ration can write, divided by commas.
struct TypeList: ExpressibleByArgument {
  let types: [TensorType]

  /// The help of an option that takes such a list.
  static func help(_ abstract: String) -> ArgumentHelp {
    ArgumentHelp(
      abstract, discussion: "Of " + Codec.all.map(\.type.name).joined(separator: ", ") + ".",
      valueName: "a,b,…")
  }

  init?(argument: String) {
    var types: [TensorType] = []
    for name in argument.split(separator: ",") {
      guard let type = TensorType.named(name), Codec.of(type)?.canEncode == true else {
        return nil
      }
      if !types.contains(type) { types.append(type) }
    }
    guard !types.isEmpty else { return nil }
    self.types = types
  }
}
