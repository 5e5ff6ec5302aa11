import GGUF

/// A share of a calibration that was run, to be shown.
package struct CalibrationShareReport: TextReport {
  /// Where the statistics will be.
  package let path: String
  /// Which share, as `3/8`.
  package let share: String
  /// Batches of the share.
  package let batches: Int
  /// Batches in all.
  package let all: Int

  package init(path: String, share: String, batches: Int, of all: Int) {
    self.path = path
    self.share = share
    self.batches = batches
    self.all = all
  }

  package func text(columns: Int?) -> String {
    "\(path.escaped): share \(share), \(batches) of \(all) batches\n"
  }
}
