import Foundation

extension HeatMap {
  /// Bits per weight of tensors; nil where none is quantized.
  package static func bits(_ tensors: [(name: String, bits: Double)]) -> HeatMap? {
    guard tensors.contains(where: { $0.bits < 16 }) else { return nil }
    var map = HeatMap(
      title: "bits per weight, without their fraction",
      legend: [([2, 3, 4, 5, 6, 8].map(bitsCell), "bits"), ([bitsCell(16)], "more")])
    for tensor in tensors { map.add(tensor.name, bitsCell(tensor.bits)) }
    return map
  }

  private static func bitsCell(_ bits: Double) -> Cell {
    let whole = max(0, Int(min(bits, 99)))
    return Cell(sign: whole > 9 ? "+" : Character("\(whole)"), shade: (bits - 1.5) / 7)
  }

  /// The shares of tensors in a loss; nil where nothing is lost.
  ///
  /// - Parameter loss: what it is, for the title.
  package static func shares(of loss: String, _ tensors: [(name: String, loss: Double)]) -> HeatMap?
  {
    let all = tensors.reduce(0) { $0 + max(0, $1.loss) }
    guard all > 0, all.isFinite else { return nil }
    let bounds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
    func cell(_ level: Int) -> Cell {
      Cell(sign: Character("\(level)"), shade: Double(level) / Double(bounds.count))
    }
    let meanings = ["less"] + ["0.01 %", "0.03 %", "0.1 %", "0.3 %", "1 %", "3 %", "10 %", "30 %"]
    var map = HeatMap(
      title: "share of \(loss), from",
      legend: meanings.enumerated().map { ([cell($0.offset)], $0.element) })
    for tensor in tensors {
      let share = tensor.loss / all
      map.add(tensor.name, cell(bounds.count { $0 <= share }))
    }
    return map
  }
}
