import DeployModel
import Testing

@testable import DeployDesk

/// Tests analyses in simulated rollouts, where drawn measurements replace the recipe's function.
@Suite("Forecasts with an analysis")
struct ForecastAnalysisTests {
  /// Returns the rows of a canary strategy that analyses with these options, and of the strategies that are compared with it.
  private func rows(
    _ faults: [String], _ options: String, hosts: Int = 40, runs: Int = 8, compare: [String] = []
  ) throws -> [ForecastRow] {
    try ForecastBench.forecast(
      faults, "strategy = canary { batch = \"100%\", \(options) },", hosts: hosts, runs: runs, compare: compare
    ).rows()
  }

  private static let rate = "first = 4, watch = \"30m\", analyse = { margin = \"+0.5pp\" }, rate = function(host) fail \"not called\" end"
  private static let value =
    "first = 8, watch = \"30m\", analyse = { margin = \"+10%\" }, value = function(host) fail \"not called\" end"

  @Test("an analysis finds a release on whose hosts more requests fail, after the time that it needs; rolling waves do not find it")
  func rates() throws {
    let rows = try rows(["worse=+2pp", "none"], Self.rate, compare: ["rolling { batch = \"25%\" }"])
    let (bad, good, rolling) = (rows[0], rows[1], rows[2])
    #expect(bad.found == 1 && bad.exposed?.most == 4 && bad.undecided == 0)
    #expect(try #require(bad.foundAfter).most < 10 * 60_000, "\(bad)")
    #expect(good.wrongStops == 0 && good.undecided == 0 && good.exposed?.median == 40, "\(good)")
    #expect(rolling.found == 0 && rolling.exposed?.median == 40)
  }

  @Test("an analysis of a value finds a slower release and lets a good one pass, although hosts differ and values depend on each other")
  func values() throws {
    let rows = try rows(["worse=+60%", "none"], Self.value)
    #expect(rows[0].found == 1 && rows[0].exposed?.most == 8, "\(rows[0])")
    #expect(rows[1].wrongStops == 0 && rows[1].exposed?.median == 40, "\(rows[1])")
  }

  @Test(
    "an analysis of a rate stops a good release no more often than alpha allows, however many requests fail",
    arguments: [0.001, 0.05, 0.2, 0.5])
  func falseAlarms(_ failing: Double) throws {
    let body = "strategy = canary { batch = \"100%\", \(Self.rate) },"
    let row = try #require(try ForecastBench.forecast(["none"], body, hosts: 8, runs: 60, failing: failing).rows().first)
    // With alpha 0.01, 4 of 60 false alarms would occur in fewer than 1 of 300 tests. The draw is seeded.
    #expect(row.stopped <= 3, "\(row.stopped) of \(row.runs)")
    let worse = try #require(try ForecastBench.forecast(["worse=+10pp"], body, hosts: 8, runs: 10, failing: failing).rows().first)
    #expect(worse.found == 1, "\(worse)")
  }

  @Test("a release of which every request fails can be simulated, and a rate that is still worse is refused as a fault")
  func everyRequest() throws {
    #expect(try rows(["worse=100pp"], Self.rate, runs: 2)[0].found == 1)
    #expect { _ = try rows(["worse=101pp"], Self.rate, runs: 2) } throws: { error in
      let problem = (error as? Problems)?.list.first
      return problem?.message == "worse=101pp: a rate cannot be more than 100 percentage points worse"
        && problem?.fix == "write worse=+0.5pp or worse=+20%"
    }
  }

  @Test("hosts whose checks fail also measure badly: an analysis finds a leak after the leak has begun")
  func leak() throws {
    let row = try #require(try rows(["leak=10m"], Self.rate.replacing("+0.5pp", with: "+0.01pp")).first)
    #expect(row.found == 1, "\(row)")
    #expect(try #require(row.foundAfter).median >= 8 * 60_000)
  }

  @Test("an analysis that cannot decide asks a person, and the row says in how many runs and why")
  func undecided() throws {
    let short = Self.rate.replacing("30m", with: "1m").replacing("+0.5pp", with: "+1%")
    let row = try #require(try rows(["worse=+0.05pp"], short).first)
    #expect(row.undecidedShare == 1 && row.found == 0, "\(row)")
    #expect(row.doubt?.contains("do not tell whether the rate is within the margin") == true, "\(row.doubt ?? "")")
  }

  @Test("equal seeds draw equal measurements, and a strategy that is compared meets the same ones")
  func seeds() throws {
    let first = try rows(["worse=+2pp"], Self.rate, compare: ["all_at_once"])[0]
    let again = try rows(["worse=+2pp"], Self.rate)[0]
    #expect(first.foundAfter == again.foundAfter && first.foundAfter != nil)
  }

  @Test("a fault that is no share of requests is refused for an analysis of a rate, and a fault without a margin with the way to write it")
  func refused() throws {
    #expect { _ = try rows(["worse=+50ms"], Self.rate) } throws: { error in
      (error as? Problems)?.list.first?.message.contains("a rate is compared in percent or percentage points") == true
    }
    for typed in ["worse", "worse=much", "worse=+0pp"] {
      #expect { _ = try rows([typed], Self.rate) } throws: { error in
        (error as? Problems)?.list.first?.fix == "write worse=+0.5pp or worse=+20%"
      }
    }
  }
}
