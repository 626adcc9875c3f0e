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

  @Test("a strategy that was typed wrong, and numbers beyond the limits, are refused with the way to write them")
  func refused() throws {
    let place = try Workplace.project(body: "")
    for (words, part) in [
      (["--compare", "rollin {}"], "--compare rollin {}"), (["--hosts", "0"], "--hosts takes 1 to 100000"),
      (["--runs", "0"], "--runs takes 1 to 100000"), (["--host-time", "soon"], "--host-time takes a duration such as 30s"),
      (["--fault", "bad-relase"], "did you mean bad-release?"), (["--compare", "CodeDeployDefault.Half"], "HalfAtATime"),
      (["--revision", "x"], "--revision has no meaning here"),
    ] {
      let run = try place.run(["simulate"] + words)
      #expect(run.code == 2 && run.err.contains(part), "\(words): \(run.err)")
    }
  }
}
