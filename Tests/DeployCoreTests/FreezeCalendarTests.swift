import DeployModel
import Testing

@testable import DeployCore

@Suite("Moments of freeze windows")
struct FreezeCalendarTests {
  private let berlin = Zone(rule: "CET-1CEST,M3.5.0,M10.5.0/3") ?? .utc

  /// Returns the seconds since 1970 for a time in UTC.
  private func utc(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Int {
    Civil.days(year, month, day) * 86_400 + hour * 3600 + minute * 60
  }

  private func moment(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Timestamp {
    Timestamp(milliseconds: utc(year, month, day, hour, minute) * 1000)
  }

  private func times(_ windows: FreezeWindow..., from: Timestamp) -> [Freeze] {
    FreezeCalendar.times(windows, in: windows.map { _ in berlin }, from: from)
  }

  @Test("dates and their days since 1970 lead to each other, over leap years and centuries")
  func civil() {
    for day in stride(from: -200_000, through: 200_000, by: 37) {
      let date = Civil(day * 86_400 + 3725)
      #expect(Civil.days(date.year, date.month, date.day) == day && date.second == 3725)
    }
    #expect(Civil.days(1970, 1, 1) == 0 && Civil.weekday(0) == 4 && Civil.weekday(-1) == 3)
    #expect(Civil(utc(2024, 2, 29, 8, 5)).text == "Thu 2024-02-29 08:05")
  }

  @Test("a rule of POSIX gives the offset on both sides of both clock changes")
  func rule() {
    #expect(berlin.offset(at: utc(2026, 3, 29, 0, 59)) == 3600 && berlin.offset(at: utc(2026, 3, 29, 1)) == 7200)
    #expect(berlin.offset(at: utc(2026, 10, 25, 0, 59)) == 7200 && berlin.offset(at: utc(2026, 10, 25, 1)) == 3600)
    let sydney = Zone(rule: "AEST-10AEDT,M10.1.0,M4.1.0/3")
    #expect(sydney?.offset(at: utc(2026, 1, 1)) == 39_600 && sydney?.offset(at: utc(2026, 7, 1)) == 36_000)
    let newYork = Zone(rule: "EST5EDT,M3.2.0,M11.1.0")
    #expect(newYork?.offset(at: utc(2026, 3, 8, 6, 59)) == -18_000 && newYork?.offset(at: utc(2026, 3, 8, 7)) == -14_400)
    #expect(Zone(rule: "<+0330>-3:30")?.offset(at: 0) == 12_600)
    for odd in ["", "CE", "CET", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-200", "CET-1CEST,J0,J1", "CET-1x"] {
      #expect(Zone(rule: odd) == nil, "\(odd)")
    }
  }

  @Test("zones without a table are UTC and offsets; what is neither is none")
  func fixed() {
    #expect(Zone(fixed: "UTC")?.offset(at: 0) == 0 && Zone(fixed: "-05:30")?.offset(at: 0) == -19_800)
    for odd in ["Europe/Berlin", "+1", "+15:00", "+01:60", "+0a:00", ""] { #expect(Zone(fixed: odd) == nil, "\(odd)") }
  }

  /// Returns a file of the time zone database with one transition, followed by a rule.
  private func table(_ rule: String, turn: Int, from old: Int, to new: Int) -> [UInt8] {
    func number(_ value: Int, _ width: Int) -> [UInt8] { (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    func header(_ times: Int, _ types: Int) -> [UInt8] {
      Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + [0, 0, 0, times, types, 4].flatMap { number($0, 4) }
    }
    let types = number(old, 4) + [0, 0] + number(new, 4) + [0, 0]
    let name = Array("LMT\0".utf8)
    return header(0, 1) + number(old, 4) + [0, 0] + name + header(1, 2) + number(turn, 8) + [1] + types + name + Array("\n\(rule)\n".utf8)
  }

  @Test("a table of the time zone database gives past offsets, its rule later ones, and what is cut or damaged is none")
  func database() throws {
    let bytes = table("CET-1CEST,M3.5.0,M10.5.0/3", turn: utc(1980, 1, 1), from: 3000, to: 3600)
    let zone = try #require(Zone(table: bytes))
    #expect(zone.offset(at: utc(1979, 12, 31)) == 3000 && zone.offset(at: utc(1980, 1, 2)) == 3600)
    #expect(zone.offset(at: utc(2026, 7, 1)) == 7200)
    for length in 0..<(bytes.count - 30) { #expect(Zone(table: Array(bytes.prefix(length))) == nil, "\(length) bytes") }
    var damaged = bytes
    for index in bytes.indices {
      damaged[index] ^= 0xFF
      _ = Zone(table: damaged)
      damaged[index] = bytes[index]
    }
  }

  @Test("a window of hours on weekdays is pinned in UTC, each day by the offset of that day, over the change to summer and back")
  func changes() {
    let nights = FreezeWindow(from: 22 * 60, to: 6 * 60, zone: "Europe/Berlin", name: "night")
    let spring = times(nights, from: moment(2026, 3, 28, 12))
    #expect(spring[0].from == moment(2026, 3, 28, 21) && spring[0].until == moment(2026, 3, 29, 4), "seven hours long")
    #expect(spring[1].from == moment(2026, 3, 29, 20) && spring[1].until == moment(2026, 3, 30, 4))
    let autumn = times(nights, from: moment(2026, 10, 24, 12))
    #expect(autumn[0].from == moment(2026, 10, 24, 20) && autumn[0].until == moment(2026, 10, 25, 5), "nine hours long")
    #expect(autumn[0].begin == "Sat 2026-10-24 22:00" && autumn[0].end == "Sun 2026-10-25 06:00 Europe/Berlin")
  }

  @Test("a time that clocks leave out is the moment of the change, and of one that they show twice a window has both")
  func leftOut() {
    let gap = FreezeWindow(dates: [.init(first: Civil.days(2026, 3, 29), last: Civil.days(2026, 3, 29))], from: 150, to: 240, name: "gap")
    #expect(times(gap, from: moment(2026, 3, 29)).map(\.from) == [moment(2026, 3, 29, 1)])
    let out = FreezeWindow(dates: [.init(first: Civil.days(2026, 3, 29), last: Civil.days(2026, 3, 29))], from: 60, to: 150, name: "out")
    #expect(times(out, from: moment(2026, 3, 29)).map(\.until) == [moment(2026, 3, 29, 1)])
    let day = Civil.days(2026, 10, 25)
    let twice = FreezeWindow(dates: [.init(first: day, last: day)], from: 150, to: 160, name: "two")
    let both = times(twice, from: moment(2026, 10, 24))
    #expect(both.map(\.from) == [moment(2026, 10, 25, 0, 30)] && both.map(\.until) == [moment(2026, 10, 25, 1, 40)])
  }

  @Test("days that touch are one time, a window that began before holds, and what is over is left out")
  func merged() {
    let weekend = FreezeWindow(days: [6, 7], name: "weekend")
    let friday = FreezeWindow(days: [5], from: 15 * 60, to: 1440, name: "friday")
    let found = times(friday, weekend, from: moment(2026, 11, 27, 16))
    #expect(found[0].from == moment(2026, 11, 27, 14) && found[0].until == moment(2026, 11, 29, 23))
    #expect(found[0].name == "friday, weekend" && found[0].holds(moment(2026, 11, 27, 16)))
    #expect(!found[0].holds(found[0].until) && found[1].from == moment(2026, 12, 4, 14))
    let past = FreezeWindow(dates: [.init(first: Civil.days(2026, 1, 1), last: Civil.days(2026, 1, 5))], name: "new year")
    #expect(times(past, from: moment(2026, 11, 27)).isEmpty)
  }
}
