import SchemaCheck
import Testing

@Suite("Simulating", .serialized)
struct SimulateTests {
  @Test("strategies that were typed are compared on the same hosts, as a table and as numbers that fit the schema")
  func compared() throws {
    let place = try Workplace.project(body: "on = { ValidateService = function(host) host:run \"true\" end },")
    let words = [
      "simulate", "--hosts", "30", "--runs", "4", "--seed", "3", "--fault", "bad-release", "--fault", "flaky=1%", "--compare",
      "rolling { batch = \"50%\" }", "CodeDeployDefault.HalfAtATime",
    ]
    let shown = try place.run(words)
    #expect(shown.code == 0, "\(shown.err)")
    let first = "app on 30 simulated hosts, 4 runs of each row, seed 3; half of the hosts take 30 s at most"
    #expect(shown.outLines.first == first, "\(shown.out)")
    let rows = shown.outLines.filter { $0.contains("bad-release") }
    #expect(rows.count == 3 && rows[0].contains("growing") && rows[0].hasSuffix(" 1") && rows[1].hasSuffix(" 15"), "\(shown.out)")
    #expect(shown.out.contains("without the retry") && shown.out.contains("with a certainty of 95%"))
    let node = try Node(try place.run(words + ["--json"]).out)
    let faults = try Schema("docs/schemas/result.schema.json").faults(of: try #require(node["result"]), as: "simulate")
    #expect(faults.isEmpty, "\(faults)")
    #expect(node["result"]?["rows"]?.list.count == 6)
    #expect(try place.run(words).out == shown.out, "the same seed gives the same table")
  }

  @Test("the page of a simulation has a plot for each figure that strategies differ in, and needs nothing else")
  func page() throws {
    let place = try Workplace.project(body: "on = { ValidateService = function(host) host:run \"true\" end },")
    let run = try place.lander(
      "simulate", "--hosts", "30", "--runs", "4", "--seed", "3", "--fault", "none", "--fault", "bad-release", "--compare",
      "rolling { batch = \"<50%\" }", "all_at_once", "--html", "page.html")
    #expect(run.code == 2 && !place.exists("page.html"), "what cannot be simulated opens no file: \(run.err)")
    let good = try place.lander(
      "simulate", "--hosts", "30", "--runs", "4", "--seed", "3", "--fault", "none", "--fault", "bad-release", "--compare", "all_at_once",
      "--html", "page.html")
    #expect(good.code == 0 && good.err.contains("Wrote page.html.") && good.out.contains("HOSTS EXPOSED"), "\(good.err)")
    let page = try place.text("page.html")
    for part in [
      "<h2>Nothing goes wrong</h2>", "<h2>Fault: bad-release</h2>", "<figcaption>Hosts that had the release by the end</figcaption>",
      "growing: 1</title>", "all_at_once: 30</title>", "<td class=\"plain\">all_at_once</td>",
    ] { #expect(page.contains(part), "\(part) in \(page)") }
    #expect(!page.contains("<script") && page.contains("Content-Security-Policy"))
    let full = try place.lander("simulate", "--hosts", "3", "--runs", "1", "--html", "none/page.html")
    #expect(full.code == 2 && full.err.contains("--html: "), "\(full.err)")
  }

  @Test("a mistake in a strategy is shown with its line, in the table, the page and JSON, and the command exits as for a broken recipe")
  func mistaken() throws {
    let place = try Workplace.project(body: "strategy = strategy \"wrong\" (function(rollout) local x = nil; x.y = 1 end),")
    let words = ["simulate", "--hosts", "3", "--runs", "2", "--compare", "all_at_once"]
    let shown = try place.run(words + ["--html", "page.html"])
    #expect(shown.code == 2 && shown.err.contains("strategy wrong ends by an error"), "\(shown.everything)")
    #expect(shown.out.contains("a mistake in the recipe ended 2 of 2 runs, which count nowhere else"), "\(shown.out)")
    #expect(try place.text("page.html").contains("strategy wrong ends by an error"))
    let json = try place.run(words + ["--json"])
    let result = try #require(try Node(json.out)["result"])
    let faults = try Schema("docs/schemas/result.schema.json").faults(of: result, as: "simulate")
    #expect(json.code == 2 && faults.isEmpty, "\(faults) \(json.everything)")
    let problems = try Node(json.out)["problems"]?.list ?? []
    #expect(problems.count == 1 && problems[0]["message"]?.text?.contains("strategy wrong ends by an error") == true, "\(json.out)")
    let many = try place.run(["simulate", "--hosts", "3", "--runs", "9"])
    let remark = "3 of 3 runs, which count nowhere else; no run ended without one, so the other 6 were left out"
    #expect(many.out.contains(remark), "\(many.out)")
    let node = try Node(try place.run(["simulate", "--hosts", "3", "--runs", "9", "--json"]).out)
    #expect(node["result"]?["rows"]?.list.first?["skipped"]?.number == 6)
    let rows = result["rows"]?.list ?? []
    #expect(rows.first?["broken"]?.number == 2 && rows.first?["mistake"]?["place"] != nil && rows.last?["broken"] == nil, "\(json.out)")
  }

  @Test("runs that the strategy ended on purpose are in the table, the page and JSON, and are no share of 0%")
  func onPurpose() throws {
    let place = try Workplace.project(
      body: "strategy = strategy \"first\" (function(rollout) rollout:wave(rollout.targets:take(1)); rollout:stop \"enough\" end),")
    let words = ["simulate", "--hosts", "3", "--runs", "2"]
    let shown = try place.run(words + ["--html", "page.html"])
    let remark = "first, none: 2 of 2 runs ended on purpose before all hosts changed, and count only for hosts exposed: enough"
    #expect(shown.code == 0 && shown.out.contains(remark), "\(shown.everything)")
    #expect(!shown.out.contains("0.0%") && !shown.out.contains("with a certainty"), "\(shown.out)")
    let page = try place.text("page.html")
    let plot = "<figcaption>Runs that ended on purpose before all hosts changed</figcaption>"
    #expect(page.contains(remark) && page.contains(plot), "\(page)")
    let result = try #require(try Node(try place.run(words + ["--json"]).out)["result"])
    let faults = try Schema("docs/schemas/result.schema.json").faults(of: result, as: "simulate")
    let row = result["rows"]?.list.first
    #expect(faults.isEmpty && row?["ended_on_purpose"]?.number == 2 && row?["purpose"]?.text == "enough", "\(faults)")
    #expect(row?["wrongly_stopped"] == nil)
  }

  private static let analysing = """
    strategy = canary { first = 4, watch = "1m", analyse = { margin = "+1%" }, rate = function() fail "not called" end },
    """

  @Test("JSON repeats the measurements that were asked for, and lacks the others")
  func repeated() throws {
    let place = try Workplace.project(body: Self.analysing)
    let words = ["simulate", "--hosts", "20", "--runs", "2", "--seed", "3", "--json"]
    let result = try #require(try Node(try place.run(words + ["--requests", "50", "--failing", "2%", "--value", "7.5"]).out)["result"])
    #expect(result["requests"]?.number == 50 && result["failing"]?.number == 0.02 && result["value"]?.number == 7.5, "\(result)")
    let bare = try Node(try place.run(words).out)["result"]
    #expect(["requests", "failing", "value"].allSatisfy { bare?[$0] == nil })
    for result in [result, try #require(bare)] {
      let faults = try Schema("docs/schemas/result.schema.json").faults(of: result, as: "simulate")
      #expect(faults.isEmpty, "\(faults)")
    }
  }

  @Test("in how many runs an analysis was undecided is in the text, in JSON and as a plot on the page")
  func undecided() throws {
    let place = try Workplace.project(body: Self.analysing)
    let words = ["simulate", "--hosts", "20", "--runs", "2", "--seed", "3", "--fault", "worse=+0.05pp", "--requests", "11"]
    let shown = try place.run(words + ["--html", "page.html"])
    #expect(shown.code == 0 && shown.out.contains("in 100.0% of the runs a gate was inconclusive, and a person approved"), "\(shown.out)")
    #expect(try Node(try place.run(words + ["--json"]).out)["result"]?["rows"]?.list.first?["undecided"]?.number == 1)
    let page = try place.text("page.html")
    #expect(page.contains("<figcaption>Runs in which a gate was inconclusive, and a person approved</figcaption>"), "\(page)")
    #expect(page.contains("canary: 100.0%</title>") && page.contains("--requests 11"), "\(page)")
    let calm = try Workplace.project()
    #expect(try calm.lander("simulate", "--runs", "2", "--html", "page.html").code == 0)
    #expect(try !calm.text("page.html").contains("could not decide"))
  }

  @Test("a fault that only an analysis could find says so for a strategy without an analysis, in text, JSON and page")
  func unmeasured() throws {
    let place = try Workplace.project(body: Self.analysing.replacing("1m", with: "30m").replacing("+1%", with: "+0.5pp"))
    let words = [
      "simulate", "--hosts", "20", "--runs", "2", "--seed", "3", "--fault", "worse=+20pp", "--compare", "canary { watch = \"1m\" }",
    ]
    let shown = try place.run(words + ["--html", "page.html"])
    let reason = "worse: nothing measures it, canary { watch = \"1m\" } has no analysis"
    #expect(shown.code == 0 && shown.out.contains("worse=+20pp: \(reason)"), "\(shown.everything)")
    #expect(!shown.out.contains("with a certainty of 95%"), "nothing could have found it: \(shown.out)")
    let node = try Node(try place.run(words + ["--json"]).out)
    let rows = try #require(node["result"]?["rows"]?.list)
    #expect(rows.count == 2 && rows[0]["unmeasured"] == nil && rows[0]["found"]?.number == 1)
    #expect(rows[1]["unmeasured"]?.text == reason && rows[1]["found"]?.number == 0, "\(rows[1])")
    let faults = try Schema("docs/schemas/result.schema.json").faults(of: try #require(node["result"]), as: "simulate")
    #expect(faults.isEmpty, "\(faults)")
    #expect(try place.text("page.html").contains("nothing measures it"))
  }

  @Test("a strategy that was typed wrong, and numbers beyond the limits, are refused with the way to write them")
  func refused() throws {
    let place = try Workplace.project(body: "")
    for (words, part) in [
      (["--compare", "rollin {}"], "--compare rollin {}"), (["--hosts", "0"], "--hosts takes 1 to 100000"),
      (["--runs", "0"], "--runs takes 1 to 100000"), (["--host-time", "soon"], "--host-time takes a duration such as 30s"),
      (["--fault", "bad-relase"], "did you mean bad-release?"), (["--compare", "CodeDeployDefault.Half"], "HalfAtATime"),
      (["--revision", "x"], "lander deploy has it; --help lists the options of this command"),
    ] {
      let run = try place.run(["simulate"] + words)
      #expect(run.code == 2 && run.err.contains(part), "\(words): \(run.err)")
    }
  }
}
