import DeployDesk
import DeployModel
import DeployReport

/// A forecast as a table for people, and as a value for programs.
struct ForecastTable {
  private let recipe: String
  private let forecast: Forecast
  private let rows: [ForecastRow]
  private let metrics: MetricOptions

  /// - Parameter metrics: the measurements that were asked for.
  init(recipe: String, _ forecast: Forecast, _ rows: [ForecastRow], _ metrics: MetricOptions) {
    (self.recipe, self.forecast, self.rows, self.metrics) = (recipe, forecast, rows, metrics)
  }

  /// The headings of the columns.
  static let heading = ["Strategy", "Fault", "Takes", "Wrongly stopped", "Found", "Found after", "Hosts exposed"]

  func cells(of row: ForecastRow) -> [String] {
    [
      row.strategy, row.fault, time(row.duration), wrong(row), row.found.map(percent) ?? "-", time(row.foundAfter),
      row.exposed.map { $0.median == $0.most ? $0.median.grouped : "\($0.median.grouped) (\($0.most.grouped))" } ?? "-",
    ]
  }

  /// Returns the table's lines.
  func lines(on surface: Surface) -> [String] {
    let size = forecast.size
    let shown = rows.map(cells)
    return [
      "\(recipe) on \(forecast.hosts.of("simulated host")), \(size.runs.of("run")) of each row, seed \(size.seed); half of the hosts take "
        + "\(size.pace) at most",
      "Each figure is the median of all runs, with the maximum in brackets. The rollback that follows is not included.",
    ] + Table(Self.heading.map { $0.uppercased() }, rows: shown).lines(on: surface, indent: 2) + remarks
  }

  /// The mistakes in recipes that ended runs, each once.
  var mistakes: [Problem] {
    rows.compactMap(\.mistake).reduce(into: []) { known, problem in if !known.contains(problem) { known.append(problem) } }
  }

  /// - Throws: `Problems` with the mistakes, if there are any.
  func refuseMistakes() throws(Problems) {
    if !mistakes.isEmpty { throw Problems(mistakes) }
  }

  /// Lines that say which runs a mistake or the strategy itself ended, why good releases were stopped, in which runs a gate was
  /// inconclusive, which faults nothing measured, what analyses assume, and how far a fraction of 0% can be trusted.
  var remarks: [String] {
    var lines: [String] = []
    for row in rows where row.broken > 0 {
      let runs = "a mistake in the recipe ended \(row.broken.grouped) of \(row.runs.of("run")), which count nowhere else"
      let end = row.skipped == 0 ? "" : "; no run ended without one, so the other \(row.skipped.grouped) were left out"
      lines.append("  \(row.strategy), \(row.fault): \(runs)\(end)")
    }
    for row in rows {
      guard let purpose = row.purpose else { continue }
      let runs = "\(row.ended.grouped) of \((row.runs - row.broken).of("run")) ended on purpose before all hosts changed"
      lines.append("  \(row.strategy), \(row.fault): \(runs), and count only for hosts exposed: \(SafeText.line(purpose))")
    }
    for row in rows {
      guard let share = row.wrongStops, share > 0, let reason = row.reason else { continue }
      lines.append("  \(row.strategy), \(row.fault): stopped because \(SafeText.line(reason))")
    }
    for row in rows {
      guard let doubt = row.doubt else { continue }
      let runs = "in \(percent(row.undecidedShare)) of the runs a gate was inconclusive, and a person approved"
      lines.append("  \(row.strategy), \(row.fault): \(runs): \(SafeText.line(doubt))")
    }
    for row in rows {
      guard let reason = unmeasured(row) else { continue }
      lines.append("  \(row.strategy), \(row.fault): \(reason)")
    }
    if rows.contains(where: \.hasAnalysed) {
      lines.append("  Assumed for analyses: hosts with the same release fail the same share of requests, and their values differ by 5%")
    }
    if let fewest = rows.filter({ $0.wrongStops == 0 || $0.found == 0 && !$0.isUnmeasured }).map(\.counted).min() {
      // 1 - 0.05^(1/n) is about 3/n, unless n is small.
      let most = min(100, 300 / Double(fewest))
      lines.append("  0 of \(fewest.of("run")) means less than \(tenths(most))% with a certainty of 95%; --runs asks for more")
    }
    return lines
  }

  /// Returns why nothing could find the fault `worse` of a row, or nil if an analysis could find it or the row does not have this fault.
  private func unmeasured(_ row: ForecastRow) -> String? {
    row.isUnmeasured ? "worse: nothing measures it, \(row.strategy) has no analysis" : nil
  }

  private func wrong(_ row: ForecastRow) -> String {
    guard let share = row.wrongStops else { return "-" }
    return percent(share) + (row.wrongStopsWithoutRetry.map { ", \(percent($0)) without the retry" } ?? "")
  }

  private func time(_ spread: ForecastRow.Spread?) -> String {
    guard let spread else { return "-" }
    let (median, most) = (Interval(milliseconds: spread.median), Interval(milliseconds: spread.most))
    return median == most ? "\(median)" : "\(median) (\(most))"
  }

  func percent(_ share: Double) -> String { "\(tenths(share * 100))%" }

  private func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// The forecast for programs. Times are in milliseconds, and fractions are from 0 to 1. Measurements are present if they were asked for.
  var value: Value {
    JSON.record([
      ("recipe", .text(recipe)), ("hosts", .int(forecast.hosts)), ("runs", .int(forecast.size.runs)),
      ("seed", .text(String(forecast.size.seed))), ("host_time_ms", .int(forecast.size.pace.milliseconds)),
      ("requests", metrics.requests.map { .number($0) }), ("failing", metrics.failingShare.map { .number($0) }),
      ("value", metrics.value.map { .number($0) }), ("rows", .list(rows.map(value))),
    ])
  }

  private func value(_ row: ForecastRow) -> Value {
    JSON.record([
      ("strategy", .text(row.strategy)), ("fault", .text(row.fault)), ("runs", .int(row.runs)), ("stopped", .int(row.stopped)),
      ("ended_on_purpose", row.ended > 0 ? .int(row.ended) : nil), ("purpose", row.purpose.map { .text($0) }),
      ("skipped", row.skipped > 0 ? .int(row.skipped) : nil), ("broken", row.broken > 0 ? .int(row.broken) : nil),
      ("mistake", row.mistake?.value),
      ("wrongly_stopped", row.wrongStops.map { .number($0) }),
      ("wrongly_stopped_without_retry", row.wrongStopsWithoutRetry.map { .number($0) }),
      ("undecided", row.undecided > 0 ? .number(row.undecidedShare) : nil), ("found", row.found.map { .number($0) }),
      ("duration_ms", value(row.duration)), ("found_after_ms", value(row.foundAfter)),
      ("exposed", value(row.exposed)), ("reason", row.reason.map { .text($0) }), ("unmeasured", unmeasured(row).map { .text($0) }),
    ])
  }

  private func value(_ spread: ForecastRow.Spread?) -> Value? {
    spread.map { .record(of: [("median", .int($0.median)), ("p90", .int($0.most90)), ("most", .int($0.most))]) }
  }
}
