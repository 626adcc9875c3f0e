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
