/// Values with names in the order in which the names first came.
package struct OrderedObject<Element> {
  /// The names and values in order.
  package private(set) var members: [(key: String, value: Element)] = []
  private var places: [ExactText: Int] = [:]

  /// No members.
  package init() {}

  /// The members in order. Of a name that comes twice the first place and the last value stay.
  package init(_ members: [(key: String, value: Element)]) {
    for member in members { self[member.key] = member.value }
  }

  /// How many members there are.
  package var count: Int { members.count }

  /// The value of a name; nil where the object lacks it. Members cannot be removed.
  package subscript(key: String) -> Element? {
    get { places[ExactText(text: key)].map { members[$0].value } }
    set {
      guard let newValue else { return }
      if let place = places[ExactText(text: key)] {
        members[place].value = newValue
      } else {
        places[ExactText(text: key)] = members.count
        members.append((key, newValue))
      }
    }
  }
}

extension OrderedObject: Sendable where Element: Sendable {}

extension OrderedObject: Equatable where Element: Equatable {
  /// Whether both have the same members in the same order.
  package static func == (left: OrderedObject, right: OrderedObject) -> Bool {
    left.members.elementsEqual(right.members) {
      $0.key.isExactly($1.key) && $0.value == $1.value
    }
  }
}

/// A text that equals another one by its bytes. Swift's strings equal one another by what they look like.
private struct ExactText: Hashable {
  let text: String

  static func == (left: ExactText, right: ExactText) -> Bool { left.text.isExactly(right.text) }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

extension String {
  /// Whether the other text has the same bytes.
  package func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
