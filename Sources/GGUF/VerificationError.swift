/// A written file that does not hold what it should.
package struct VerificationError: ClassifiedError, Equatable {
  /// The file under its temporary name.
  package let path: String
  /// What is wrong with it.
  package let problem: Problem

  /// The ways in which a written file can be wrong.
  package enum Problem: Equatable, Sendable {
    /// The tensor's data was not written from this byte of it on, or twice.
    case incomplete(tensor: String, at: Int)
    /// The tensor's data, read again, differs from what was written in these bytes of it.
    case changed(tensor: String, Range<Int>)
    /// The header or the size of the file differs from what was written.
    case headerChanged
    /// The padding behind a tensor is not zero at this byte of the file.
    case paddingChanged(at: Int)
  }

  package var kind: ErrorKind { .verification }
}

extension VerificationError: CustomStringConvertible {
  package var description: String {
    let problem =
      switch problem {
      case .incomplete(let tensor, let offset):
        "the data of tensor \(tensor.quoted) was not written exactly once at its byte \(offset)"
      case .changed(let tensor, let range):
        """
        the data of tensor \(tensor.quoted), bytes \(range.lowerBound) to \(range.upperBound), \
        differs from what was written
        """
      case .headerChanged:
        "the header or the size differs from what was written"
      case .paddingChanged(let offset):
        "the padding at byte \(offset) is not zero"
      }
    return "\(path.escaped): verification failed: \(problem)"
  }
}
