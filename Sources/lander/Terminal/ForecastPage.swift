import DeployDesk
import DeployModel
import DeployReport

/// A forecast as a document. For each fault, it shows the strategies side by side, with plots.
struct ForecastPage {
  private let recipe: String
  private let forecast: Forecast
  private let rows: [ForecastRow]
  private let table: ForecastTable
  /// The measurements that were asked for, in words, or nil if there are none.
  private let asked: String?

  /// - Parameter metrics: the measurements that were asked for.
  init(recipe: String, _ forecast: Forecast, _ rows: [ForecastRow], _ metrics: MetricOptions) {
    (self.recipe, self.forecast, self.rows) = (recipe, forecast, rows)
    asked = metrics.words
    table = ForecastTable(recipe: recipe, forecast, rows, metrics)
  }

  /// The whole document.
  var document: Document {
    let size = forecast.size
    let strategies = distinct(rows.map(\.strategy))
    var blocks: [Document.Block] = [
      .facts(
        [
          Document.Fact("Recipe", recipe), Document.Fact("Strategies", strategies.joined(separator: ", ")),
          Document.Fact("Hosts", "\(forecast.hosts.grouped), simulated; half of them take \(size.pace) at most"),
          Document.Fact("Runs", "\(size.runs.grouped) for each strategy and fault, seed \(size.seed)"),
        ] + (asked.map { [Document.Fact("Measurements", $0)] } ?? [])),
      .paragraph([
        Document.Cell(
          "The recipe's own strategy, bounds and gates decided, on a virtual clock. A bar ends at the median of all runs, and the line "
            + "behind it at the most of any run. The rollback that follows is not in it.", .dim)
      ]),
    ]
    for fault in distinct(rows.map(\.fault)) {
      let ones = rows.filter { $0.fault.isExactly(fault) }
      blocks += [.heading(fault.isExactly("none") ? "Nothing goes wrong" : "Fault: \(fault)")] + plots(ones).map { .plot($0) }
    }
    blocks += [.heading("All figures"), .table(head: ForecastTable.heading, rows: figures, isMatrix: false)]
    let mistakes = table.mistakes.map { Document.Cell(($0.place.map { "\($0): " } ?? "") + SafeText.line($0.message), .bad) }
    if !mistakes.isEmpty { blocks.append(.list(mistakes)) }
    let remarks = table.remarks
    if !remarks.isEmpty { blocks.append(.list(remarks.map { Document.Cell($0.trimmed, .dim) })) }
    let compared = strategies.count > 1 ? "\(strategies.count) strategies" : strategies.first ?? ""
    return Document(
      title: "\(recipe): \(compared) on \(forecast.hosts.of("simulated host"))", verdict: Document.Cell("simulated"), blocks: blocks)
  }

  /// Returns the plots. For each figure that at least one strategy has, there is a plot with a bar for each strategy.
  private func plots(_ rows: [ForecastRow]) -> [Plot] {
    var plots: [Plot] = []
    func add(_ title: String, whole: Double? = nil, _ bar: (ForecastRow) -> Plot.Row) {
      let bars = rows.map(bar)
      if bars.contains(where: { $0.usual != nil }) { plots.append(Plot(title, whole: whole, rows: bars)) }
    }
    add("Hosts that had the release by the end") { spread($0, $0.exposed, .warn) { $0.grouped } }
    add("Runs that found the bad release", whole: 1) { share($0, $0.found, .good) }
    add("Time from the first bad host until it was found") { spread($0, $0.foundAfter, .warn) { "\(Interval(milliseconds: $0))" } }
    add("Runs that stopped a good release", whole: 1) { share($0, $0.wrongStops, .bad) }
    if rows.contains(where: { $0.ended > 0 }) {
      add("Runs that ended on purpose before all hosts changed", whole: 1) { share($0, $0.endedShare, .warn) }
    }
    if rows.contains(where: { $0.undecided > 0 }) {
      add("Runs in which a gate was inconclusive, and a person approved", whole: 1) { share($0, $0.undecidedShare, .warn) }
    }
    add("Time of a rollout that came to a good end") { spread($0, $0.duration, .plain) { "\(Interval(milliseconds: $0))" } }
    return plots
  }

  private func spread(_ row: ForecastRow, _ spread: ForecastRow.Spread?, _ tone: Document.Tone, _ words: (Int) -> String) -> Plot.Row {
    guard let spread else { return Plot.Row(row.strategy, usual: nil, label: "none", tone: tone) }
    let label = spread.median == spread.most ? words(spread.median) : "\(words(spread.median)), at most \(words(spread.most))"
    return Plot.Row(row.strategy, usual: Double(spread.median), most: Double(spread.most), label: label, tone: tone)
  }

  private func share(_ row: ForecastRow, _ share: Double?, _ tone: Document.Tone) -> Plot.Row {
    Plot.Row(row.strategy, usual: share, label: share.map(table.percent) ?? "none", tone: tone)
  }

  private var figures: [Document.Row] {
    rows.map { row in
      let isBad = (row.wrongStops ?? 0) > 0 || row.mistake != nil
      return Document.Row(
        table.cells(of: row).enumerated().map { Document.Cell($0.element, isBad && $0.offset == 3 ? .bad : .plain) }, needsAttention: isBad)
    }
  }

  private func distinct(_ names: [String]) -> [String] {
    names.reduce(into: []) { found, name in if !found.contains(where: { $0.isExactly(name) }) { found.append(name) } }
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
