import GGUF

/// A share of measurements that was made, to be shown.
package struct MeasureReport: TextReport {
  /// The file.
  package let path: String
  /// Which share, as `3/8`.
  package let share: String
  /// Pairs of a tensor and a type in the share.
  package let measurements: Int
  /// Pairs in all shares.
  package let all: Int
  /// Whether the file was there before.
  package private(set) var wasThere = false

  package init(path: String, share: String, measurements: Int, of all: Int) {
    self.path = path
    self.share = share
    self.measurements = measurements
    self.all = all
  }

  /// The same of a file that was there before.
  package var alreadyThere: MeasureReport {
    var report = self
    report.wasThere = true
    return report
  }

  package func text(columns: Int?) -> String {
    "\(path.escaped): share \(share), \(measurements) of \(all) measurements"
      + (wasThere ? "; it was there already\n" : "\n")
  }
}
