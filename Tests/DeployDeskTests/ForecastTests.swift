import DeployCore
import DeployModel
import DeploySimulation
import Foundation
import Testing

@testable import DeployDesk

/// Tests rollouts that are simulated many times, on fleets in which a host is one random duration and one random result.
@Suite("Forecasts")
struct ForecastTests {
  static let isFull = ProcessInfo.processInfo.environment["LANDER_TESTS"] == "full"

  /// Returns the rows of a forecast for a recipe with this body.
  private func rows(
    _ faults: [String], _ body: String = "", hosts: Int, runs: Int, seed: UInt64 = 5, compare: [String] = []
  ) throws -> [ForecastRow] {
    try ForecastBench.forecast(faults, body, hosts: hosts, runs: runs, seed: seed, compare: compare).rows()
  }

  @Test("a release that fails on its first host exposes exactly 1 of 1,000 hosts in every run, with the default configuration")
  func firstFails() throws {
    let row = try #require(try rows(["bad-release"], hosts: 1000, runs: Self.isFull ? 200 : 10).first)
    #expect(row.found == 1 && row.wrongStops == nil)
    #expect(row.exposed?.most == 1)
    #expect(row.foundAfter.map { $0.most <= 60_000 } == true, "it is found when the first host comes to its end")
  }

  @Test("a fleet of 1,000 of which 0.1% break, four of five once only, stops no good release, and the rate without the retry is told")
  func flaky() throws {
    let body = "configuration = { floor = \"80%\", parallel = 50, budget = { failed = \"5%\", unreachable = \"5%\" } },"
    let row = try #require(try rows(["flaky=0.1%"], body, hosts: 1000, runs: Self.isFull ? 1000 : 15).first)
    #expect(row.stopped == 0 && row.wrongStops == 0, "\(row.reason ?? "")")
    #expect(row.wrongStopsWithoutRetry != nil && row.found == nil)
    #expect(row.exposed?.median == 1000)
  }

  @Test("without a budget one broken host stops a rollout, and the reason is told; without the retry more runs stop")
  func noBudget() throws {
    let row = try #require(try rows(["flaky=5%"], hosts: 40, runs: 60).first)
    #expect(row.stopped > 5 && row.stopped < 40, "\(row.stopped)")
    #expect(try #require(row.stoppedWithoutRetry) > row.stopped)
    #expect(row.reason == "the way to the host broke")
  }

  @Test("the same seed gives the same rows, another seed others")
  func seeds() throws {
    func exposed(_ seed: UInt64) throws -> [Int?] {
      let rows = try rows(["bad-release=3%,slow", "unreachable=2%"], hosts: 60, runs: 12, seed: seed)
      return rows.flatMap { [$0.stopped, $0.exposed?.median, $0.duration?.median, $0.foundAfter?.most] }
    }
    #expect(try exposed(1) == exposed(1))
    #expect(try exposed(1) != exposed(2))
  }

  @Test("a leak is found only by a strategy that watches long enough, and later by one that watches later")
  func leak() throws {
    let patient =
      "strategy = canary { first = 1, batch = \"100%\", watch = \"20m\", check = { http = \"http://localhost/\", every = \"1m\" } },"
    let hasty =
      "strategy = canary { first = 1, batch = \"100%\", watch = \"5m\", check = { http = \"http://localhost/\", every = \"1m\" } },"
    let found = try #require(try rows(["leak=15m"], patient, hosts: 12, runs: 6).first)
    #expect(found.found == 1 && found.exposed?.most == 1)
    let after = try #require(found.foundAfter)
    #expect(after.median >= 13 * 60_000 && after.most <= 19 * 60_000, "\(after)")
    let missed = try #require(try rows(["leak=15m"], hasty, hosts: 12, runs: 6).first)
    #expect(missed.found == 0 && missed.foundAfter == nil && missed.exposed?.median == 12)
  }

  @Test("other strategies meet the same hosts: waves that grow find a release that is bad on few hosts sooner than all at once")
  func compared() throws {
    let rows = try rows(["bad-release=20%"], hosts: 60, runs: 20, compare: ["all_at_once", "rolling { batch = 1 }"])
    #expect(rows.map(\.strategy) == ["growing", "all_at_once", "rolling { batch = 1 }"])
    let exposed = try rows.map { try #require($0.exposed).median }
    #expect(exposed[1] == 60 && exposed[0] < 60 && exposed[2] <= exposed[0], "\(exposed)")
  }

  @Test("a floor that nobody gave is what the largest wave leaves, as in a plan")
  func floor() throws {
    let forecast = try ForecastBench.forecast(["none"], "strategy = rolling { batch = 5 },", hosts: 20, runs: 1)
    #expect(forecast.plans.map(\.bounds.floor) == [15])
    let custom = "strategy = strategy \"halves\" (function(rollout) for w in rollout.targets:batches \"50%\" do rollout:wave(w) end end),"
    #expect(try ForecastBench.forecast(["none"], custom, hosts: 20, runs: 1).plans.map(\.bounds.floor) == [10])
  }

  @Test("what is asked too much, or not understood, is refused at once with the numbers and the nearest names")
  func refused() throws {
    #expect { _ = try rows(["flakey=1%", "leak", "bad-release=2", ""], hosts: 4, runs: 1) } throws: { error in
      let texts = (error as? Problems)?.list.map { "\($0.message) \($0.fix ?? "")" } ?? []
      return texts == [
        "there is no fault \"flakey\" did you mean flaky?", "leak needs the time after which hosts turn unhealthy write leak=45m",
        "bad-release=2: a share is 0 to 1, or 0% to 100% write bad-release=1%",
        "a fault is missing write bad-release or flaky=0.1%; names: bad-release, unhealthy, leak, worse, flaky, slow, unreachable",
      ]
    }
    #expect { _ = try ForecastBench.forecast(["none"], hosts: 100_000, runs: 100_000) } throws: {
      ($0 as? Problems)?.list.first?.message.contains("1,000,000,000 is the most") == true
    }
  }

  @Test("a run that a mistake in the strategy ends is counted apart: it neither stops a good release nor finds a bad one")
  func mistake() throws {
    let body = "strategy = strategy \"wrong\" (function(rollout) rollout:wave(rollout.targets); local x = nil; x.y = 1 end),"
    for row in try rows(["none", "unhealthy", "flaky=1%"], body, hosts: 4, runs: 3) {
      #expect(row.broken == 3 && row.stopped == 0 && row.wrongStops == nil && row.found == nil, "\(row)")
      let mistake = try #require(row.mistake)
      #expect(mistake.place?.file == "deploy.lua" && mistake.message.hasPrefix("strategy wrong ends by an error: "), "\(mistake)")
    }
    let own = "strategy = strategy \"own\" (function(rollout) rollout:wave(rollout.targets); fail \"not today\" end),"
    let row = try #require(try rows(["none"], own, hosts: 4, runs: 3).first)
    #expect(row.broken == 0 && row.mistake == nil && row.wrongStops == 1 && row.reason == "not today", "\(row)")
  }

  @Test(
    "an error of a stage, of its condition or of a check is a mistake too, and stops no good release",
    arguments: [
      "stages = { stage.upload, stage \"s\" { run = function(d) local x = nil; x.y = 1 end }, stage.rollout },",
      "stages = { stage.upload, stage.rollout, stage \"s\" { run = function(d) d.targets:first():rum \"x\" end } },",
      "stages = { stage \"s\" { when = function(d) return d.nothing.x end, run = function() end }, stage.upload, stage.rollout },",
      "stages = { stage \"s\" { on = \"host\", run = function(h) error { a = 1 } end }, stage.upload, stage.rollout },",
      "strategy = canary { first = 1, batch = \"50%\", watch = \"1m\", check = function(host) return host.nothing.x end },",
    ])
  func mistakesElsewhere(body: String) throws {
    let row = try #require(try rows(["none"], body, hosts: 4, runs: 3).first)
    #expect(row.broken == 3 && row.stopped == 0 && row.wrongStops == nil, "\(row)")
    #expect(row.mistake?.message.contains(" ends by an error: ") == true, "\(row)")
  }

  @Test("a stage that fails on purpose stops a release, and one that only misses a real answer does not")
  func stagesThatFail() throws {
    let own = "stages = { stage \"s\" { run = function() fail \"not today\" end }, stage.upload, stage.rollout },"
    let row = try #require(try rows(["none"], own, hosts: 4, runs: 3).first)
    #expect(row.broken == 0 && row.wrongStops == 1 && row.reason == "not today", "\(row)")
    let real = "stage \"s\" { on = \"host\", run = function(h) local v = json.decode(h:run(\"x\").stdout); v.a.b = 1 end }"
    let doubted = try #require(try rows(["none"], "stages = { stage.upload, \(real), stage.rollout },", hosts: 4, runs: 3).first)
    #expect(doubted.broken == 0 && doubted.wrongStops == 0, "\(doubted)")
    let plain = "stage \"s\" { on = \"host\", run = function(h) h:run \"bin/migrate\" end }"
    let usual = try #require(try rows(["none"], "stages = { stage.upload, \(plain), stage.rollout },", hosts: 4, runs: 3).first)
    #expect(usual.broken == 0 && usual.wrongStops == 0, "a stage after the upload finds the release: \(usual)")
  }

  @Test("a row ends early only if every run so far ended by a mistake")
  func rareMistake() throws {
    let body = """
      strategy = strategy "rare" (function(rollout)
        rollout:wave(rollout.targets)
        if math.random() < 0.3 then local x = nil; x.y = 1 end
      end),
      """
    let row = try #require(try rows(["none"], body, hosts: 4, runs: 40).first)
    #expect(row.skipped == 0 && row.runs == 40 && row.broken >= 3 && row.broken < 30 && row.wrongStops == 0, "\(row)")
  }

  private static let random = """
    strategy = strategy "random" (function(rollout)
      local first = math.random(1, 39)
      rollout:wave(rollout.targets:take(first))
      rollout:wave(rollout.targets:except(rollout.targets:take(first)))
    end),
    """

  @Test("each run has its own random numbers, the same for the same seed, and the floor of its own waves")
  func random() throws {
    for body in [Self.random, "configuration = { floor = 0 }, " + Self.random] {
      let row = try #require(try rows(["bad-release"], body, hosts: 40, runs: 30).first)
      let exposed = try #require(row.exposed)
      #expect(exposed.median < exposed.most90 && exposed.most90 <= exposed.most, "\(exposed)")
      let again = try #require(try rows(["bad-release"], body, hosts: 40, runs: 30).first)
      #expect(again.exposed == exposed)
      let good = try #require(try rows(["none"], body, hosts: 40, runs: 30).first)
      #expect(good.stopped == 0, "\(good.reason ?? "")")
    }
  }

  @Test("a run that the strategy ends on purpose is counted apart: it neither stopped the release nor brought it to all hosts")
  func onPurpose() throws {
    let canary = "strategy = strategy \"first\" (function(rollout) rollout:wave(rollout.targets:take(1)); rollout:stop \"enough\" end),"
    for row in try rows(["none", "leak=45m", "flaky=1%"], canary, hosts: 4, runs: 3) {
      #expect(row.ended == 3 && row.purpose == "enough" && row.stopped == 0 && row.duration == nil, "\(row)")
      #expect(row.wrongStops == nil && row.wrongStopsWithoutRetry == nil && row.found == nil && row.exposed?.most == 1, "\(row)")
    }
    let found = try #require(try rows(["bad-release"], canary, hosts: 4, runs: 3).first)
    #expect(found.ended == 0 && found.found == 1, "\(found)")
    let late = "strategy = strategy \"late\" (function(rollout) rollout:wave(rollout.targets); rollout:stop \"done\" end),"
    let whole = try #require(try rows(["none"], late, hosts: 4, runs: 3).first)
    #expect(whole.ended == 0 && whole.wrongStops == 0, "\(whole)")
    let rest = "if math.random() < 0.5 then rollout:wave(rollout.targets:except(rollout.targets:take(1))) return end"
    let some = canary.replacing("rollout:stop", with: rest + " rollout:stop")
    let mixed = try #require(try rows(["none"], some, hosts: 4, runs: 30).first)
    #expect(mixed.ended > 0 && mixed.ended < 30 && mixed.wrongStops == 0 && mixed.counted == 30 - mixed.ended, "\(mixed)")
  }

  @Test("after three runs that end by the same mistake, a row ends")
  func sameMistake() throws {
    let wrong = "strategy = strategy \"wrong\" (function(rollout) rollout:wave(rollout.targets); local x = nil; x.y = 1 end),"
    for row in try rows(["none", "flaky=1%"], wrong, hosts: 4, runs: 200) {
      #expect(row.runs == 3 && row.broken == 3 && row.skipped == 197 && row.mistake != nil, "\(row)")
    }
    let good = try #require(try rows(["none"], hosts: 4, runs: 5).first)
    #expect(good.runs == 5 && good.skipped == 0)
  }

  @Test("hosts that are unreachable when their turn comes are not exposed")
  func unreachable() throws {
    let row = try #require(try rows(["unreachable=100%"], hosts: 20, runs: 2).first)
    #expect(row.exposed?.most == 0, "\(row)")
  }

  @Test("a strategy that asks people without end is refused with its line")
  func askingWithoutEnd() throws {
    let body = "strategy = strategy \"asks\" (function(rollout) while true do rollout:approve { message = \"again?\" } end end),"
    #expect { _ = try rows(["none"], body, hosts: 3, runs: 1) } throws: { error in
      let problem = (error as? Problems)?.list.first
      return problem?.message == "strategy asks has no end here: it waited for more than 5000 answers of people" && problem?.place != nil
    }
  }

  @Test("a strategy that goes round in circles is refused with its line, and no run of it lasts for ever")
  func endless() throws {
    let body = "strategy = strategy \"circles\" (function(rollout) while true do rollout:wait \"1s\" end end),"
    #expect { _ = try rows(["none"], body, hosts: 3, runs: 1) } throws: { ($0 as? Problems)?.list.isEmpty == false }
  }
}
