import DeployModel
import Foundation
import Testing

@testable import DeployDesk

/// Repeats the simulation for the table in docs/rollouts.md that says how often a good release is stopped.
@Suite("The table of wrong stops")
struct ForecastPageTests {
  /// A row of the table. Shares are from 0 to 1.
  private struct Row {
    var hosts: Int
    var flaky: String
    var retry: Double
    var noRetry: Double
    var oneAtATime: Double
  }

  private func table() throws -> [Row] {
    let page = try #require(Bench.shipped("docs/rollouts.md"))
    func share(_ cell: String) -> Double? { cell.hasSuffix("%") ? Double(cell.dropLast()).map { $0 / 100 } : nil }
    return page.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 5, let hosts = Int(cells[0].replacing(",", with: "")), let retry = share(cells[2]),
        let noRetry = share(cells[3]), let one = share(cells[4])
      else { return nil }
      return Row(hosts: hosts, flaky: cells[1], retry: retry, noRetry: noRetry, oneAtATime: one)
    }
  }

  /// Returns whether two measured shares may have the same true share. `b` is from the page: 1,000 runs, rounded to a tenth of a percent.
  private func agree(_ a: Double, _ b: Double, runs: Int) -> Bool {
    let mean = (a * Double(runs) + b * 1000) / Double(runs + 1000)
    let deviation = (mean * (1 - mean) * (1 / Double(runs) + 0.001)).squareRoot()
    return abs(a - b) <= 4 * deviation + 1.5 / Double(runs) + 0.0005
  }

  @Test("the shares of wrong stops in docs/rollouts.md are what the simulator finds")
  func shares() throws {
    let rows = try table()
    #expect(rows.count == 9 && Set(rows.map(\.hosts)) == [20, 100, 1000])
    for row in rows where ForecastTests.isFull || row.hosts == 20 {
      let runs = ForecastTests.isFull ? (row.hosts == 1000 ? 200 : 1000) : 40
      let failed = max(2, row.hosts / 20)
      let body = "configuration = { floor = \"80%\", parallel = 50, budget = { failed = \(failed), unreachable = \(failed) } },"
      let growing = try #require(
        try ForecastBench.forecast(["flaky=" + row.flaky], body, hosts: row.hosts, runs: runs, seed: 21).rows().first)
      let rule = "configuration = \"CodeDeployDefault.OneAtATime\","
      // This row is without a second try, because CodeDeploy makes none.
      let one = try #require(try ForecastBench.forecast(["flaky=" + row.flaky], rule, hosts: row.hosts, runs: runs, seed: 22).rows().first)
      let found = [growing.wrongStops ?? -1, growing.wrongStopsWithoutRetry ?? -1, one.wrongStopsWithoutRetry ?? -1]
      for (found, told) in zip(found, [row.retry, row.noRetry, row.oneAtATime]) {
        #expect(agree(found, told, runs: runs), "\(row.hosts) hosts, \(row.flaky): found \(found), and the page says \(told)")
      }
    }
  }

  @Test("a release that fails on every host reaches as many of 1,000 hosts as docs/rollouts.md says")
  func reach() throws {
    func exposed(_ body: String) throws -> Int? {
      try ForecastBench.forecast(["bad-release"], body, hosts: 1000, runs: 1).rows().first?.exposed?.most
    }
    #expect(try exposed("") == 1)
    #expect(try exposed("configuration = \"CodeDeployDefault.OneAtATime\",") == 1)
    #expect(try exposed("configuration = { minimum_healthy = \"80%\" },") == 200)
    let page = try #require(Bench.shipped("docs/rollouts.md"))
    #expect(page.contains("reaches 1 host of 1,000 with growing waves, 1 with `OneAtATime`, and 200 with `minimum_healthy = \"80%\"`"))
  }
}
