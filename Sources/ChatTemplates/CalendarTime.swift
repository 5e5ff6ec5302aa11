import GGUF

/// A moment as a calendar and a clock on the wall show it: what a template may ask with `strftime_now`.
package struct CalendarTime: Sendable, Equatable {
  /// The year of the Gregorian calendar, from 1 to 9999.
  package let year: Int
  /// From 1 to 12.
  package let month: Int
  /// From 1 to the length of the month.
  package let day: Int
  /// From 0 to 23.
  package let hour: Int
  /// From 0 to 59.
  package let minute: Int
  /// From 0 to 59.
  package let second: Int

  /// The first moment of 2026.
  package static let newYear2026 = CalendarTime(
    checkedYear: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0)

  /// The moment; nil where the calendar or the clock has no such one.
  package init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
  ) {
    guard (1...9_999).contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day),
      (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second)
    else { return nil }
    self.init(
      checkedYear: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }

  private init(checkedYear year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// The moment in a form as C's `strftime` takes it, in English.
  ///
  /// - Throws: a directive that is not known.
  func text(_ form: String) throws(TemplateProblem) -> String {
    var text = ""
    var rest = form.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        text.unicodeScalars.append(scalar)
        continue
      }
      var directive = rest.popFirst()
      let isBare = directive == "-"
      if isBare { directive = rest.popFirst() }
      guard let directive, let field = field(directive) else {
        throw .unsupported("the date format \(form.quoted)")
      }
      text += isBare ? field.bare : field.padded
    }
    return text
  }

  private func field(_ directive: Unicode.Scalar) -> Field? {
    switch directive {
    case "Y": .number(year, width: 1)
    case "y": .number(year % 100, width: 2)
    case "m": .number(month, width: 2)
    case "d": .number(day, width: 2)
    case "e": .number(day, width: 2, pad: " ")
    case "H": .number(hour, width: 2)
    case "I": .number((hour + 11) % 12 + 1, width: 2)
    case "M": .number(minute, width: 2)
    case "S": .number(second, width: 2)
    case "j": .number(dayOfYear, width: 3)
    case "p": .word(hour < 12 ? "AM" : "PM")
    case "B": .word(Self.months[month - 1])
    case "b", "h": .word(String(Self.months[month - 1].prefix(3)))
    case "A": .word(Self.weekdays[weekday])
    case "a": .word(String(Self.weekdays[weekday].prefix(3)))
    case "%": .word("%")
    default: nil
    }
  }

  private var dayOfYear: Int {
    (1..<month).reduce(day) { $0 + Self.days(inMonth: $1, of: year) }
  }

  /// From Monday, 0, on.
  private var weekday: Int {
    let past = year - 1
    return (past * 365 + past / 4 - past / 100 + past / 400 + dayOfYear - 1) % 7
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
}

/// A part of a date as a directive asks for it.
private struct Field {
  /// With leading zeros or spaces.
  let padded: String
  /// Without.
  let bare: String

  static func number(_ value: Int, width: Int, pad: Character = "0") -> Field {
    let bare = String(value)
    let padding = String(repeating: pad, count: max(0, width - bare.count))
    return Field(padded: padding + bare, bare: bare)
  }

  static func word(_ word: String) -> Field { Field(padded: word, bare: word) }
}
