import Testing

/// A fault of the system that a program may meet, at one call of the C library.
struct Fault: CustomTestStringConvertible, Sendable {
  /// A kind of call.
  enum Call: String {
    case open, read, write, sync, rename, close, truncate, reserve, lock, unlink
  }

  /// What happens at the call.
  enum Action: Equatable {
    /// It fails.
    case error(Int32)
    /// It moves half of the bytes.
    case short
    /// It moves none, as at the end of a file.
    case none
    /// The file loses its second half.
    case cut
    /// The program ends before the call.
    case kill
    /// The program ends after the call.
    case killed
  }

  let call: Call
  let action: Action

  init(_ call: Call, _ action: Action) {
    self.call = call
    self.action = action
  }

  var testDescription: String { "\(call) \(name)" }

  /// Whether the program ends.
  var ends: Bool { action == .kill || action == .killed }

  /// How the library for tests names the action.
  var name: String {
    switch action {
    case .error(let number): "\(number)"
    case .short: "short"
    case .none: "none"
    case .cut: "cut"
    case .kill: "kill"
    case .killed: "killed"
    }
  }
}

#if os(Linux)
  import Glibc

  extension Fault {
    /// What a program that reads and writes files must survive.
    static let all: [Fault] = [
      Fault(.open, .error(EIO)), Fault(.open, .error(EMFILE)), Fault(.open, .kill),
      Fault(.read, .error(EIO)), Fault(.read, .error(EINTR)), Fault(.read, .short),
      Fault(.read, .none), Fault(.read, .cut),
      Fault(.write, .error(EIO)), Fault(.write, .error(ENOSPC)), Fault(.write, .error(EDQUOT)),
      Fault(.write, .error(EFBIG)), Fault(.write, .error(EINTR)), Fault(.write, .short),
      Fault(.write, .none), Fault(.write, .kill), Fault(.write, .killed),
      Fault(.sync, .error(EIO)), Fault(.sync, .kill), Fault(.sync, .killed),
      Fault(.rename, .error(EIO)), Fault(.rename, .kill), Fault(.rename, .killed),
      Fault(.close, .error(EIO)), Fault(.close, .kill),
      Fault(.truncate, .error(EIO)), Fault(.truncate, .kill), Fault(.truncate, .killed),
      Fault(.reserve, .error(ENOSPC)), Fault(.reserve, .error(EIO)), Fault(.reserve, .kill),
      Fault(.lock, .error(ENOLCK)), Fault(.lock, .kill),
      Fault(.unlink, .error(EIO)), Fault(.unlink, .kill), Fault(.unlink, .killed),
    ]
  }
#endif
