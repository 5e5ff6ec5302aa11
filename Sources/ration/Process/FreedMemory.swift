import ArgumentParser

#if os(Linux)
  import CMalloc
#endif

/// What becomes of memory that is freed.
enum FreedMemory {
  /// Gives freed blocks of 256 KiB and more back to the system at once.
  ///
  /// glibc does so too, but raises the limit up to 32 MiB with every such block that is freed. Commands
  /// whose buffers change size from tensor to tensor would then hold more the more tensors they meet.
  /// Commands that run a network leave the limit alone: they free matrices all the time, and getting
  /// each one anew from the system would double their time.
  static func returnAtOnce() {
    #if os(Linux)
      mallopt(M_MMAP_THRESHOLD, 256 << 10)
    #endif
  }
}

/// A command that goes through a model tensor by tensor.
protocol TensorwiseCommand: ParsableCommand {
  /// Whether that is all it does: whether it runs no network besides.
  var runsNoNetwork: Bool { get }
}

extension TensorwiseCommand {
  var runsNoNetwork: Bool { true }
}
