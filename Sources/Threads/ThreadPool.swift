#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Threads of the system that wait for work.
///
/// Dispatch waits for ever where the system has no thread to give, and Swift's own pool is not for long
/// loops, which would starve every task in it. Here a thread that is not to be had is done without, and so is
/// one that has not begun when the others have finished.
final class ThreadPool: @unchecked Sendable {
  /// The pool of the program.
  static let shared = ThreadPool()

  /// What a thread may put on its stack: no work recurses there.
  private static let stackBytes = 2 << 20

  private let condition = Condition()
  private var threads = 0
  /// Work that threads are invited to, once for every one that is wanted.
  private var invitations: [Work] = []

  /// Calls `body` on up to `count` threads at the same time, the calling one among them, and returns when all
  /// calls have. There is always one, and no other need begin.
  func run(_ count: Int, _ body: @Sendable () -> Void) {
    withoutActuallyEscaping(body) { body in
      let work = Work(body)
      condition.withLock {
        while threads < count - 1, start() { threads += 1 }
        let others = min(threads, count - 1)
        invitations += Array(repeating: work, count: others)
        if others > 0 { condition.wakeAll() }
      }
      work.perform()
      condition.withLock {
        invitations.removeAll { $0 === work }
        while work.callers > 0 { condition.wait() }
        work.forget()
      }
    }
  }

  /// What one thread after the other does for ever.
  private func serve() {
    while true {
      let work = condition.withLock {
        while invitations.isEmpty { condition.wait() }
        let work = invitations.removeLast()
        work.callers += 1
        return work
      }
      work.perform()
      condition.withLock {
        work.callers -= 1
        if work.callers == 0 { condition.wakeAll() }
      }
    }
  }

  /// Starts a thread. Returns false where the system has none.
  private func start() -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let error = pthread_create(
      &thread, &attributes,
      { _ in
        ThreadPool.shared.serve()
        return nil
      }, nil)
    return error == 0
  }
}

/// A call that threads may join.
private final class Work: @unchecked Sendable {
  private var body: (@Sendable () -> Void)?
  /// The threads within the call, but for the one that it comes from.
  var callers = 0

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  /// Not inlined, so that no thread keeps hold of the body behind the call.
  @inline(never) func perform() { body?() }

  /// Lets go of the body, which is not to outlive the call.
  func forget() { body = nil }
}
