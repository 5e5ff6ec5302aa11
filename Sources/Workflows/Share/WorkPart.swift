/// Which part of a command's work a process does, where several do it together.
package enum WorkPart: Sendable, Equatable {
  /// All of it.
  case whole
  /// A share, which it leaves in files of its own.
  case share(WorkShare)
  /// What is left once all shares are there.
  case finish
}
