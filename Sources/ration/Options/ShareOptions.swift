import ArgumentParser
import Foundation
import Workflows

/// Which share of a command's work a process does.
struct ShareOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Do only one of several shares, such as 3/8.",
      discussion: """
        auto takes both numbers from a job array of Slurm. auto/8 takes the first from it, or from an Indexed Job of \
        Kubernetes.
        """,
      valueName: "i/N"))
  var shard: ShareNumber?
}

/// A share, as `--shard` names it.
struct ShareNumber: ExpressibleByArgument {
  let share: WorkShare

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    let count = parts.count == 2 ? Int(parts[1]) : nil
    guard parts.count == 1 || count != nil else { return nil }
    if parts[0] == "auto" {
      guard let share = WorkShare.scheduled(of: count, in: ProcessInfo.processInfo.environment)
      else {
        return nil
      }
      self.share = share
    } else {
      guard let count, let number = Int(parts[0]), let share = WorkShare(number: number, of: count)
      else { return nil }
      self.share = share
    }
  }
}
