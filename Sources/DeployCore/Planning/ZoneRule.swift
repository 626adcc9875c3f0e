import DeployModel

/// A zone's offsets from UTC as a rule that holds for every year, in the format of POSIX: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable, Hashable {
  /// A change of clocks: a day of the year, and the seconds after midnight by the clock before the change.
  struct Turn: Sendable, Hashable {
    enum Day: Sendable, Hashable {
      /// A weekday (0 is Sunday) of a month: the first to the fourth of this weekday in the month, or the last (week 5).
      case month(Int, week: Int, weekday: Int)
      /// A day of the year, 1 to 365, where 29 February is never counted.
      case julian(Int)
      /// A day of the year, 0 to 365, where 29 February is counted in leap years.
      case day(Int)
    }
    var day: Day
    var seconds: Int

    /// Returns the date of the change in a year, in days since 1970-01-01.
    func date(of year: Int) -> Int {
      switch day {
      case .julian(let number): Civil.days(year, 1, 1) + number - 1 + (number > 59 && Civil.isLeap(year) ? 1 : 0)
      case .day(let number): Civil.days(year, 1, 1) + number
      case .month(let month, let week, let weekday):
        Self.date(weekday, week: week, from: Civil.days(year, month, 1), to: Civil.days(month == 12 ? year + 1 : year, month % 12 + 1, 1))
      }
    }

    private static func date(_ weekday: Int, week: Int, from first: Int, to next: Int) -> Int {
      var date = first + (weekday - Civil.weekday(first) % 7 + 7) % 7 + (week - 1) * 7
      while date >= next { date -= 7 }
      return date
    }
  }

  /// The offset of standard time, in seconds east of Greenwich.
  var standard: Int
  /// The offset of daylight saving time, and when it begins and ends, or nil if the zone has no daylight saving time.
  var summer: (offset: Int, begin: Turn, end: Turn)?

  /// Returns the offset at a time, in seconds east of Greenwich.
  /// - Parameter moment: seconds since 1970, in UTC.
  func offset(at moment: Int) -> Int {
    guard let summer else { return standard }
    let year = Civil(moment + standard).year
    let begin = summer.begin.date(of: year) * 86_400 + summer.begin.seconds - standard
    let end = summer.end.date(of: year) * 86_400 + summer.end.seconds - summer.offset
    let isSummer = begin < end ? begin <= moment && moment < end : !(end <= moment && moment < begin)
    return isSummer ? summer.offset : standard
  }

  static func == (a: ZoneRule, b: ZoneRule) -> Bool {
    a.standard == b.standard && a.summer?.offset == b.summer?.offset && a.summer?.begin == b.summer?.begin && a.summer?.end == b.summer?.end
  }

  func hash(into hasher: inout Hasher) { hasher.combine(standard) }
}

extension ZoneRule {
  /// - Returns: nil if the string is not a POSIX rule.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.count == 3 else { return nil }
    var rest = Array(parts[0].utf8)[...]
    guard Self.name(&rest), let offset = Self.time(&rest) else { return nil }
    // POSIX counts offsets west of Greenwich.
    standard = -offset
    if rest.isEmpty, parts.count == 1 { return }
    guard parts.count == 3, Self.name(&rest) else { return nil }
    let summer = rest.isEmpty ? standard + 3600 : Self.time(&rest).map { -$0 }
    guard let summer, rest.isEmpty, let begin = Self.turn(parts[1]), let end = Self.turn(parts[2]) else { return nil }
    self.summer = (summer, begin, end)
  }

  /// Removes a zone's name, such as `CET` or `<+03>`, from the start of the string. Returns false if there is none.
  private static func name(_ rest: inout ArraySlice<UInt8>) -> Bool {
    guard let first = rest.first else { return false }
    if first == UInt8(ascii: "<") {
      guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
      rest = rest[(end + 1)...]
      return true
    }
    let name = rest.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
    rest = rest.dropFirst(name.count)
    return name.count >= 3
  }

  /// Removes a duration such as `-1`, `+5:30` or `26:00:00` from the start of the string and returns its length in seconds, or nil if there
  /// is none.
  private static func time(_ rest: inout ArraySlice<UInt8>) -> Int? {
    let sign = rest.first == UInt8(ascii: "-") ? -1 : 1
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    let text = rest.prefix { (0x30...0x3A).contains($0) }
    rest = rest.dropFirst(text.count)
    let numbers = text.split(separator: 0x3A, omittingEmptySubsequences: false).map { Int(String(decoding: $0, as: UTF8.self)) }
    guard (1...3).contains(numbers.count), let hours = numbers[0], hours <= 167 else { return nil }
    var seconds = hours * 3600
    for (number, unit) in zip(numbers.dropFirst(), [60, 1]) {
      guard let number, number < 60 else { return nil }
      seconds += number * unit
    }
    return sign * seconds
  }

  /// Reads a change of clocks, such as `M10.5.0/3`, `J60` or `59/-1`. Returns nil if the string is not a change of clocks.
  private static func turn(_ text: some StringProtocol) -> Turn? {
    let sides = text.split(separator: "/", omittingEmptySubsequences: false)
    var seconds = 7200
    if sides.count == 2 {
      var rest = Array(sides[1].utf8)[...]
      guard let read = time(&rest), rest.isEmpty else { return nil }
      seconds = read
    }
    guard sides.count <= 2, let first = sides[0].utf8.first else { return nil }
    switch first {
    case UInt8(ascii: "M"):
      let numbers = sides[0].dropFirst().split(separator: ".", omittingEmptySubsequences: false).map { Int(String($0)) ?? -1 }
      guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]), (0...6).contains(numbers[2])
      else { return nil }
      return Turn(day: .month(numbers[0], week: numbers[1], weekday: numbers[2]), seconds: seconds)
    case UInt8(ascii: "J"):
      guard let number = Int(String(sides[0].dropFirst())), (1...365).contains(number) else { return nil }
      return Turn(day: .julian(number), seconds: seconds)
    default:
      guard let number = Int(String(sides[0])), (0...365).contains(number) else { return nil }
      return Turn(day: .day(number), seconds: seconds)
    }
  }
}
