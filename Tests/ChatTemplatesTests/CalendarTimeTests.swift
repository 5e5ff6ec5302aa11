import ChatTemplates
import GGUF
import Testing

@Suite struct CalendarTimeTests {
  @Test(arguments: [
    (2024, 2, 29, "Thursday 060"), (1970, 1, 1, "Thursday 001"), (2000, 12, 31, "Sunday 366"),
    (1900, 3, 1, "Thursday 060"), (1, 1, 1, "Monday 001"), (9_999, 12, 31, "Friday 365"),
  ])
  func weekdaysAreThoseOfTheCalendar(
    _ year: Int, _ month: Int, _ day: Int, _ expected: String
  ) throws {
    let time = try #require(CalendarTime(year: year, month: month, day: day))
    let template = try ChatTemplate("{{ strftime_now('%A %j') }}")
    #expect(try template.render(variables: OrderedObject(), at: time) == expected)
  }

  @Test func timesThatAreNoneAreRefused() {
    #expect(CalendarTime(year: 2023, month: 2, day: 29) == nil)
    #expect(CalendarTime(year: 2023, month: 13, day: 1) == nil)
    #expect(CalendarTime(year: 0, month: 1, day: 1) == nil)
    #expect(CalendarTime(year: 2023, month: 1, day: 1, hour: 24) == nil)
  }
}
