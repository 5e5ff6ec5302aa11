/// What a rule of a skeleton demands of the model or the tensor.
enum SkeletonCondition: Sendable, Equatable {
  /// The model has no output matrix of its own.
  case tied
  /// There is an importance matrix.
  case imatrix
  /// Two numbers stand in this relation.
  case compares(SkeletonTerm, Relation, SkeletonTerm)
  /// The architecture is one of these.
  case architecture([String])
  /// The model counts as one of this size.
  case size(ModelSize)
  /// Element `index` of `count` is among those that stock mixes spend more bits on.
  case moreBits(index: SkeletonTerm, count: SkeletonTerm)
  /// The condition does not hold.
  indirect case not(SkeletonCondition)

  /// A relation of two numbers, as it is written.
  enum Relation: String, Sendable, CaseIterable {
    case less = "<"
    case atMost = "<="
    case equal = "="
    case unequal = "!="
    case atLeast = ">="
    case more = ">"
  }

  /// Whether it holds for a tensor.
  func holds(for subject: SkeletonSubject) -> Bool {
    switch self {
    case .tied: subject.situation.isTied
    case .imatrix: subject.situation.imatrix
    case .compares(let a, let relation, let b):
      relation.holds(a.value(for: subject), b.value(for: subject))
    case .architecture(let names): names.contains(subject.situation.model.architecture)
    case .size(let size): subject.situation.size == size
    case .moreBits(let index, let count):
      Self.getsMoreBits(index.value(for: subject), of: count.value(for: subject))
    case .not(let condition): !condition.holds(for: subject)
    }
  }

  /// The first and the last eighth of the layers, and every third of those between: the rule
  /// `use_more_bits` of llama.cpp, in whole numbers as there.
  private static func getsMoreBits(_ index: Int, of count: Int) -> Bool {
    let eighth = count / 8
    // 7 × count ÷ 8, rounded down, without a product that could overflow.
    let last = count - eighth - (count % 8 == 0 ? 0 : 1)
    return index < eighth || index >= last || (index - eighth) % 3 == 2
  }
}

extension SkeletonCondition.Relation {
  fileprivate func holds(_ a: Int, _ b: Int) -> Bool {
    switch self {
    case .less: a < b
    case .atMost: a <= b
    case .equal: a == b
    case .unequal: a != b
    case .atLeast: a >= b
    case .more: a > b
    }
  }
}
