package import DeployModel

/// Computes the times at which freeze windows are in force.
package enum FreezeCalendar {
  /// The number of days ahead for which a plan pins freezes. No deployment lasts longer.
  package static let reach = 35
  /// Whether a freeze lasts to the end of the computed days, so that its real end is unknown.
  /// - Parameter moment: the time from which the freezes were computed.
  package static func isEndless(_ time: Freeze, from moment: Timestamp) -> Bool {
    time.until - moment >= .minutes((reach - 1) * 24 * 60)
  }
  /// The largest number of windows in a recipe.
  package static let windows = 50

  /// Returns the freezes from a moment on, in chronological order. Freezes that touch or overlap are merged.
  /// - Parameter zones: the time zone of each window, in the order of the windows.
  package static func times(_ windows: [FreezeWindow], in zones: [Zone], from now: Timestamp) -> [Freeze] {
    let second = now.milliseconds / 1000
    var found: [Freeze] = []
    for (window, zone) in zip(windows.prefix(Self.windows), zones) {
      let today = (second + zone.offset(at: second)) / 86_400
      // A window that began on an earlier day might still be open, and a change of clocks moves the end of a day.
      for day in (today - 2)...(today + reach) where window.holds(day) {
        let end = (window.to > window.from ? day : day + 1) * 86_400 + window.to * 60
        let (from, until) = (zone.moment(of: day * 86_400 + window.from * 60, last: false), zone.moment(of: end, last: true))
        guard until > second, until > from else { continue }
        found.append(
          Freeze(
            from: Timestamp(milliseconds: from * 1000), until: Timestamp(milliseconds: until * 1000), name: window.name,
            begin: Civil(from + zone.offset(at: from)).text,
            end: "\(Civil(until + zone.offset(at: until)).text) \(window.zone)"))
      }
    }
    return merged(found.sorted { ($0.from, $0.until, $0.name) < ($1.from, $1.until, $1.name) })
  }

  private static func merged(_ times: [Freeze]) -> [Freeze] {
    times.reduce(into: []) { merged, next in
      guard let last = merged.indices.last, next.from <= merged[last].until else { return merged.append(next) }
      guard next.until > merged[last].until else { return }
      (merged[last].until, merged[last].end) = (next.until, next.end)
      if merged[last].name != next.name, !merged[last].name.hasSuffix(", \(next.name)") { merged[last].name += ", \(next.name)" }
    }
  }
}

extension FreezeWindow {
  /// Whether the window begins on this day.
  /// - Parameter day: days since 1970-01-01.
  fileprivate func holds(_ day: Int) -> Bool {
    (days.isEmpty || days.contains(Civil.weekday(day))) && (dates.isEmpty || dates.contains { $0.first <= day && day <= $0.last })
  }
}
