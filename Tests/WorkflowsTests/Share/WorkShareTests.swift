import TestSupport
import Testing
import Workflows

@Suite("A share of work") struct WorkShareTests {
  private static func shares(_ count: Int) -> [WorkShare] {
    (1...count).map { WorkShare(number: $0, of: count)! }
  }

  @Test("takes every item just once, together with the others", arguments: [1, 2, 3, 8, 40])
  func partition(count: Int) {
    var random = SeededGenerator(seed: 3)
    for items in [0, 1, 2, 7, 30] {
      let costs = (0..<items).map { _ in
        Bool.random(using: &random) ? 0 : Double.random(in: 0...9, using: &random)
      }
      let shares = Self.shares(count)
      #expect(shares.flatMap { Array($0.consecutive(costs)) }.sorted() == Array(0..<items))
      #expect(shares.flatMap { $0.balanced(costs) }.sorted() == Array(0..<items))
    }
  }

  @Test("costs as much as the others, to within an item")
  func balance() {
    var random = SeededGenerator(seed: 4)
    let costs = (0..<500).map { _ in Double.random(in: 1...9, using: &random) }
    for count in [2, 8, 30] {
      let mean = costs.reduce(0, +) / Double(count)
      for share in Self.shares(count) {
        #expect(abs(share.consecutive(costs).reduce(0) { $0 + costs[$1] } - mean) <= 9)
        #expect(abs(share.balanced(costs).reduce(0) { $0 + costs[$1] } - mean) <= 9)
      }
    }
    // Five items for two: 5 and 4 + 3, then 3 to the first and 2 to the second.
    #expect(WorkShare(number: 1, of: 2)!.balanced([5, 4, 3, 3, 2]) == [0, 3])
  }

  @Test("is one of as many as there are")
  func numbers() {
    for (number, count) in [(0, 8), (9, 8), (-1, 8), (1, 0), (1, -1)] {
      #expect(WorkShare(number: number, of: count) == nil)
    }
    #expect(WorkShare(number: 3, of: 8)?.description == "3/8")
    #expect(WorkShare.all == WorkShare(number: 1, of: 1))
  }

  @Test(
    "is what the scheduler says",
    arguments: [
      (
        ["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "8"],
        nil, "3/8"
      ),
      (
        ["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_COUNT": "8"],
        nil, "4/8"
      ),
      (
        ["SLURM_ARRAY_TASK_ID": "6", "SLURM_ARRAY_TASK_MIN": "2", "SLURM_ARRAY_TASK_STEP": "2"], 5,
        "3/5"
      ),
      (["JOB_COMPLETION_INDEX": "0"], 8, "1/8"), (["JOB_COMPLETION_INDEX": "7"], 8, "8/8"),
      // One task of an array that is submitted again alone.
      (
        ["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_COUNT": "1"],
        nil, "1/1"
      ),
      (["JOB_COMPLETION_INDEX": "8"], 8, nil), (["JOB_COMPLETION_INDEX": "1"], nil, nil),
      (["SLURM_ARRAY_TASK_ID": "-5"], 8, nil), (["SLURM_ARRAY_TASK_ID": "x"], 8, nil),
      (["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_STEP": "0"], 8, nil),
      (["SLURM_ARRAY_TASK_ID": "-9223372036854775808", "SLURM_ARRAY_TASK_MIN": "9"], 8, nil),
      (["JOB_COMPLETION_INDEX": "9223372036854775807"], 8, nil), ([:], 8, nil),
    ] as [([String: String], Int?, String?)])
  func scheduled(environment: [String: String], count: Int?, share: String?) {
    #expect(WorkShare.scheduled(of: count, in: environment)?.description == share)
  }
}
