import GGUF
import Planning

extension PlanReport {
  /// How fast the model is at most, and what that rests on.
  var speed: String {
    guard let reading else {
      return "how fast it is cannot be told: the model does not say how many experts a token uses\n"
    }
    let experts = reading.experts.map { ", with \($0.used) of \($0.all) experts" } ?? ""
    let speed = "\(Figures.rate(reading.tokensPerSecond)) tokens a second"
    return """
      a token reads \(Figures.size(reading.bytes)) of weights\(experts): \(Self.words(speed, reading))

      """
  }

  /// A speed with what it rests on.
  private static func words(_ speed: String, _ reading: TokenReading) -> String {
    switch reading.source {
    case .yardstick:
      "at most \(speed) from \(memories(reading.rates)) (--bandwidth says what yours gives)"
    case .bandwidth: "at most \(speed) from \(memories(reading.rates))"
    case .speeds: "about \(speed) by the speeds of its types"
    }
  }

  private static func memories(_ rates: [MemoryRate]) -> String {
    let all = rates.compactMap { rate in
      if case .bandwidth(let bytes) = rate { "\(Figures.short(bytes / 1e9)) GB/s" } else { nil }
    }
    return "memory that gives "
      + (Set(all).count > 1 ? all.joined(separator: " and ") : all.first ?? "")
  }
}
