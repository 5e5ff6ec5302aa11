package import GGUF

/// The ways in which a sensitivity card can be wrong. Members are files in its archive.
package enum CardProblem: ClassifiedError, Equatable {
  // The archive.

  /// No directory of members at the end of the file.
  case noDirectory
  /// A directory that is not where, or what, the end of the file says.
  case directory
  /// Two members of one name.
  case memberTwice(String)
  /// A member that is not where the directory says, or that leaves the file.
  case misplaced(String)
  /// A member that is encrypted, or compressed in another way than zip files mostly are.
  case method(String, Int)
  /// A member of more bytes than there can be use for.
  case tooLarge(String, Int)
  /// A member whose data are not what the directory says.
  case damaged(String)

  // Its members.

  /// A member that the card needs.
  case memberMissing(String)
  /// A member that is no array of NumPy's, or one of another type or order.
  case array(String)
  /// An array of another shape than the card's header calls for.
  case shape(String, found: [Int], expected: [Int])
  /// A header that is not as this version of Ration knows it, with what is wrong.
  case header(String)

  package var kind: ErrorKind { .badInput }

  package var description: String {
    switch self {
    case .noDirectory: "the file is no complete zip archive"
    case .directory: "the directory of the archive is damaged"
    case .memberTwice(let name): "the archive has \(name.quoted) twice"
    case .misplaced(let name): "\(name.quoted) is not where the directory of the archive says"
    case .method(let name, let method):
      "\(name.quoted) is encrypted or compressed by method \(method); only deflate can be read"
    case .tooLarge(let name, let size):
      "\(name.quoted) claims \(size) bytes, more than there can be in a sensitivity card"
    case .damaged(let name): "\(name.quoted) is damaged"
    case .memberMissing(let name): "the archive lacks \(name.quoted); it is no sensitivity card"
    case .array(let name): "\(name.quoted) is no array of float32 or, as header, of bytes"
    case .shape(let name, let found, let expected):
      "\(name.quoted) has the shape \(found) but must have \(expected)"
    case .header(let problem): "the header of the sensitivity card is wrong: \(problem)"
    }
  }
}
