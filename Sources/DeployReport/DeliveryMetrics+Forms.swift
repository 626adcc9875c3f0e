package import DeployModel

extension DeliveryMetrics {
  /// The metrics as data for programs.
  package var value: Value {
    func times(_ times: Times?) -> Value? {
      times.map {
        JSON.record([("count", .int($0.count)), ("median_ms", .int($0.median.milliseconds)), ("p90_ms", .int($0.ninth.milliseconds))])
      }
    }
    let rows = rows.map { row in
      JSON.record([
        ("application", .text(row.application)), ("group", .text(row.group)), ("deployments", .int(row.succeeded)),
        ("per_day", .number(row.perDay)), ("lead_time", times(row.lead)), ("failures", .int(row.failed)),
        ("change_failure_rate", row.failureRate.map { .number($0) }), ("time_to_restore", times(row.restore)),
        ("not_restored", .int(row.notRestored)),
      ])
    }
    return JSON.record([("since", .text(When.iso(since))), ("until", .text(When.iso(until))), ("rows", .list(rows))])
  }

  /// Returns a table for people.
  package func lines(on surface: Surface) -> [String] {
    guard !rows.isEmpty else { return ["No deployment that changed hosts has ended since \(When(since, zone: surface.zone).full)."] }
    func words(_ times: Times?) -> String { times.map { "\($0.median)" } ?? "–" }
    let table = Table(
      ["Application", "Group", "Deployments", "A day", "Lead time", "Failure rate", "Time to restore"],
      rows: rows.map { row in
        [
          SafeText.line(row.application), SafeText.line(GroupName(row.group).words), "\(row.succeeded)", Self.rounded(row.perDay),
          words(row.lead),
          row.failureRate.map { "\(Int(($0 * 100).rounded())) %" } ?? "–",
          words(row.restore) + (row.notRestored > 0 ? " (\(row.notRestored) open)" : ""),
        ]
      })
    let period = "\(When(since, zone: surface.zone).full) to \(When(until, zone: surface.zone).full); times are medians"
    return [surface.paint(period, .dim)] + table.lines(on: surface)
  }

  /// The metrics as CSV (RFC 4180) with a heading. An unknown value is an empty field.
  package var csv: String {
    func field(_ text: String) -> String {
      text.contains { ",\"\r\n".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
    func seconds(_ time: Interval?) -> String { time.map { Self.decimal(Double($0.milliseconds) / 1000) } ?? "" }
    let heading =
      "since,until,application,group,deployments,per_day,lead_time_median_s,lead_time_p90_s,failures,change_failure_rate,"
      + "time_to_restore_median_s,time_to_restore_p90_s,not_restored"
    let lines = rows.map { row in
      [
        When.iso(since), When.iso(until), row.application, row.group, "\(row.succeeded)", Self.decimal(row.perDay),
        seconds(row.lead?.median), seconds(row.lead?.ninth), "\(row.failed)", row.failureRate.map(Self.decimal) ?? "",
        seconds(row.restore?.median), seconds(row.restore?.ninth), "\(row.notRestored)",
      ].map(field).joined(separator: ",")
    }
    return ([heading] + lines).map { $0 + "\r\n" }.joined()
  }

  /// The metrics in Prometheus' text format 0.0.4, for its textfile collector. Each metric is a gauge whose value is the metric's value for
  /// the period.
  package var prometheus: String {
    let window = Double((until - since).milliseconds) / 1000
    var text = Self.metric("window_seconds", "Length of the period that the measures are of.", [("", window)])
    func add(_ name: String, _ help: String, _ samples: (Row) -> [(String, Double)]) {
      text += Self.metric(
        name, help, rows.flatMap { row in samples(row).map { (Self.labels(row, $0.0), $0.1) } })
    }
    func quantiles(_ times: Times?) -> [(String, Double)] {
      guard let times else { return [] }
      return [
        (",quantile=\"0.5\"", Double(times.median.milliseconds) / 1000), (",quantile=\"0.9\"", Double(times.ninth.milliseconds) / 1000),
      ]
    }
    add("deployments", "Deployments that succeeded in the period.") { [("", Double($0.succeeded))] }
    add("deployment_frequency_per_day", "Deployments that succeeded, per day.") { [("", $0.perDay)] }
    add("lead_time_seconds", "From the commit to the end of its deployment.") { quantiles($0.lead) }
    add("failures", "Deployments that failed after they changed hosts, or were rolled back later.") { [("", Double($0.failed))] }
    add("change_failure_ratio", "Share of failures among deployments that changed hosts.") { row in row.failureRate.map { [("", $0)] } ?? []
    }
    add("time_to_restore_seconds", "From a failure to the next good end.") { quantiles($0.restore) }
    add("failures_not_restored", "Failures after which nothing good has followed yet.") { [("", Double($0.notRestored))] }
    return text
  }

  private static func metric(_ name: String, _ help: String, _ samples: [(labels: String, value: Double)]) -> String {
    let whole = "lander_dora_\(name)"
    return "# HELP \(whole) \(help)\n# TYPE \(whole) gauge\n" + samples.map { "\(whole)\($0.labels) \(decimal($0.value))\n" }.joined()
  }

  private static func labels(_ row: Row, _ more: String) -> String {
    func escaped(_ text: String) -> String { text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") }
    return "{application=\"\(escaped(row.application))\",group=\"\(escaped(row.group))\"\(more)}"
  }

  private static func decimal(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\((number * 1e6).rounded() / 1e6)"
  }

  private static func rounded(_ number: Double) -> String { decimal((number * 100).rounded() / 100) }
}
