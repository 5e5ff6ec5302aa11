import GGUF

extension Decisions {
  /// Where a selection departs from the skeleton; nothing without one.
  func moves(to selection: [Int]) -> [Move] {
    guard let skeleton = problem.skeleton else { return [] }
    var moves: [(member: Int, move: Move)] = []
    for (group, selected) in zip(groups, selection) {
      let chosen = group.choice.candidates[selected].type
      for member in group.members where !options[member].isKept {
        let from = skeleton.types[options[member].tensor.name] ?? options[member].tensor.type
        guard from != chosen else { continue }
        moves.append((member, move(of: options[member], in: group, from: from, to: chosen)))
      }
    }
    return moves.sorted { $0.member < $1.member }.map(\.move)
  }

  private func move(
    of option: TensorOptions, in group: Group, from: TensorType, to chosen: TensorType
  ) -> Move {
    let candidates = group.everything.candidates
    let place = candidates.firstIndex { $0.type == chosen }!
    let ladder = group.ladder!
    let before = option.tensor.candidates.first { $0.type == from }
    let after = option.candidates.first { $0.type == chosen }!
    let start = candidates[ladder.rungs[ladder.start]].type
    return Move(
      tensor: option.tensor.name, from: from, to: chosen, steps: ladder.steps(to: place) ?? 0,
      bytes: after.bytes - (before?.bytes ?? option.tensor.bytes),
      gain: (before?.loss ?? 0) - after.loss,
      forcedBy: chosen == start ? Self.force(on: option, from: from) : nil)
  }

  /// What keeps a tensor from having the skeleton's type.
  private static func force(on option: TensorOptions, from: TensorType) -> String {
    if case .pinned(let rule)? = option.reason { return "pinned by ‘\(rule)’" }
    return option.candidates.contains { $0.type == from }
      ? "tied to tensors of another type" : "\(from) is not allowed for it"
  }
}
