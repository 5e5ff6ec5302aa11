import GGUF
import Planning
import Testing
import TestSupport

@Suite("A frontier")
struct FrontierTests {
  @Test("has the least loss at the size of each breakpoint", arguments: CostStyle.allCases)
  func breakpointsAreOptimal(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<20 {
      let choices = randomChoices(12, most: 6, style, using: &generator)
      for breakpoint in try Frontier(of: choices, fixedBytes: 100).breakpoints {
        let allocation = try Allocation.optimal(
          of: choices, budget: breakpoint.bytes, fixedBytes: 100)
        #expect(allocation.isOptimal)
        #expect(isClose(allocation.loss, breakpoint.loss))
        #expect(allocation.bytes <= breakpoint.bytes)
      }
    }
  }

  @Test("runs from the smallest allocation to the least lossy one", arguments: CostStyle.allCases)
  func spansTheFeasible(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 12)
    let choices = randomChoices(40, most: 8, style, using: &generator)
    let frontier = try Frontier(of: choices)
    let first = try #require(frontier.breakpoints.first)
    let last = try #require(frontier.breakpoints.last)
    #expect(frontier.feasible == first.bytes...last.bytes)
    #expect(first.step == nil)
    let smallest = choices.reduce(0) { $0 + $1.candidates.map(\.bytes).min()! }
    let least = choices.reduce(0) { $0 + $1.candidates.map(\.loss).min()! }
    #expect(first.bytes == smallest)
    #expect(isClose(last.loss, least))
  }

  @Test("falls and is convex: each byte saves its price, ever less", arguments: CostStyle.allCases)
  func isConvex(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 13)
    let choices = randomChoices(40, most: 8, style, using: &generator)
    let breakpoints = try Frontier(of: choices).breakpoints
    var price = Double.infinity
    for (low, high) in zip(breakpoints, breakpoints.dropFirst()) {
      let step = try #require(high.step)
      #expect(low.bytes < high.bytes && low.loss > high.loss)
      #expect(isClose(low.loss - high.loss, step.price * Double(high.bytes - low.bytes)))
      #expect(step.price <= price)
      price = step.price
    }
  }

  @Test("gives the selection of each breakpoint, one step from the last")
  func selectionsAddUp() throws {
    var generator = SeededGenerator(seed: 14)
    let choices = randomChoices(40, most: 8, .likeTypes, using: &generator)
    let frontier = try Frontier(of: choices, fixedBytes: 7)
    for (index, breakpoint) in frontier.breakpoints.enumerated() {
      let selection = frontier.selection(at: index)
      let taken = zip(choices, selection).map { $0.candidates[$1] }
      #expect(breakpoint.bytes == taken.reduce(7) { $0 + $1.bytes })
      #expect(isClose(breakpoint.loss, taken.reduce(0) { $0 + $1.loss }))
      #expect(isClose(breakpoint.variance, taken.reduce(0) { $0 + $1.variance }))
      guard let step = breakpoint.step else { continue }
      var before = frontier.selection(at: index - 1)
      #expect(before[step.choice] == step.from)
      before[step.choice] = step.to
      #expect(before == selection)
    }
  }

  @Test("between two budgets is that part of the whole")
  func respectsBudgets() throws {
    var generator = SeededGenerator(seed: 15)
    let choices = randomChoices(20, most: 8, .likeTypes, using: &generator)
    let whole = try Frontier(of: choices)
    let (low, high) = (whole.breakpoints.count / 3, whole.breakpoints.count / 2)
    let part = try Frontier(
      of: choices, budgets: whole.breakpoints[low].bytes...whole.breakpoints[high].bytes)
    #expect(part.breakpoints == Array(whole.breakpoints[low...high]))
    #expect(part.feasible == whole.feasible)
    for index in part.breakpoints.indices {
      #expect(part.selection(at: index) == whole.selection(at: low + index))
    }
    let gap = (part.breakpoints[0].bytes + 1)...(part.breakpoints[1].bytes - 1)
    #expect(try Frontier(of: choices, budgets: gap).breakpoints.isEmpty)
  }

  @Test("knows the last breakpoint within a budget")
  func findsTheLastThatFits() throws {
    var generator = SeededGenerator(seed: 16)
    let frontier = try Frontier(of: randomChoices(9, most: 5, .likeTypes, using: &generator))
    for (index, breakpoint) in frontier.breakpoints.enumerated() {
      #expect(frontier.index(within: breakpoint.bytes) == index)
      #expect(frontier.index(within: breakpoint.bytes - 1) == (index > 0 ? index - 1 : nil))
    }
  }

  @Test("does not depend on the order of choices", arguments: CostStyle.allCases)
  func isIndependentOfOrder(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 17)
    let choices = randomChoices(30, most: 8, style, using: &generator)
    let shuffled = choices.shuffled(using: &generator)
    let (a, b) = (try Frontier(of: choices), try Frontier(of: shuffled))
    #expect(a.breakpoints.map(\.loss) == b.breakpoints.map(\.loss))
    let names = { (frontier: Frontier, choices: [Choice]) in
      frontier.breakpoints.map { $0.step.map { choices[$0.choice].names } }
    }
    #expect(names(a, choices) == names(b, shuffled))
  }

  @Test("needs a budget that holds the smallest allocation")
  func infeasible() throws {
    let choice = Choice(
      names: ["a"], candidates: [Candidate(type: .Q4_K, bytes: 40, loss: 2)])
    #expect(throws: AllocationError.infeasible(budget: 39, feasible: 40...40)) {
      try Frontier(of: [choice], budgets: 0...39)
    }
    #expect(try Frontier(of: [choice], budgets: 0...40).breakpoints.count == 1)
  }
}
