import GGUF
import Planning

extension PlanReport {
  /// How fast the model is at most, and what that rests on.
  var speed: String {
    guard let reading else {
      return "how fast it is cannot be told: the model does not say how many experts a token uses\n"
    }
    let experts = reading.experts.map { ", with \($0.used) of \($0.all) experts" } ?? ""
    let bandwidths = reading.parts.map { Self.bandwidth($0.bandwidth) }
    let memories = Set(bandwidths).count > 1 ? bandwidths.joined(separator: " and ") : bandwidths[0]
    let remark = reading.isKnown ? "" : " (--bandwidth says what yours gives)"
    return """
      a token reads \(Figures.size(reading.bytes)) of weights\(experts): at most \
      \(Figures.short(reading.tokensPerSecond)) tokens a second from memory that gives \(memories)\(remark)

      """
  }

  private static func bandwidth(_ bytes: Double) -> String { "\(Figures.short(bytes / 1e9)) GB/s" }
}
