/// How much work a rendering may still take, so that every one ends.
package final class Budget {
  private var left: Int

  /// Work of this amount.
  package init(_ amount: Int = standardAmount) { left = amount }

  /// A character, an element or a step is a piece of work. The longest conversations take a hundredth of it.
  package static let standardAmount = 1 << 26

  /// - Throws: too much work.
  func charge(_ amount: Int) throws(TemplateProblem) {
    guard amount <= left else { throw .tooMuchWork }
    left -= amount
  }

  /// The work of making so many things of a size.
  ///
  /// - Throws: too much work.
  func charge(_ count: Int, times size: Int) throws(TemplateProblem) {
    let (amount, overflows) = count.multipliedReportingOverflow(by: size)
    guard !overflows else { throw .tooMuchWork }
    try charge(amount)
  }
}
