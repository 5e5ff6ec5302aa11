import Foundation
import GRDB

/// What the cache does while another process has locked its file.
enum CacheLock {
  /// Seconds that it waits for.
  private static let patience = 30.0
  /// Seconds between two looks at the file.
  private static let pause = 0.05
  /// Seconds after which it says what it waits for.
  private static let silence = 1.0

  /// Waits, and looks again, as long as its patience lasts.
  ///
  /// - Parameter note: told once of every wait that is no short one, in a sentence.
  static func waiting(
    for path: String, note: @escaping @Sendable (String) -> Void
  ) -> Database.BusyMode {
    .callback { tries in
      let waited = Double(tries) * pause
      if tries == Int(silence / pause) {
        note("waiting for the cache \(path), which another process has locked")
      }
      Thread.sleep(forTimeInterval: pause)
      return waited < patience
    }
  }
}
