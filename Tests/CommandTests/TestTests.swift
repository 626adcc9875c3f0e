import Foundation
import Testing

/// `lander test`: its output, its files and its exit codes. DeployDeskTests has what a test of a recipe can say.
@Suite("The command that runs tests of recipes")
struct TestTests {
  private static let spec = """
    describe("app", function()
      it("reaches both hosts", function(t) t:expect(t:deploy("app").status):equals "succeeded" end)
      it("is wrong", function(t) t:expect(#t:deploy("app").waves):equals(7) end)
    end)
    """

  private func place(_ spec: String = spec) throws -> Workplace {
    let place = try Workplace.project()
    try place.write(spec, to: "spec/app_spec.lua")
    return place
  }

  @Test("a test that fails is named with its line, and the exit code is 2")
  func failing() throws {
    let run = try place().lander("test")
    #expect(run.code == 2)
    #expect(run.outLines.count == 3 && run.err.isEmpty, "\(run.out)\(run.err)")
    #expect(run.outLines.first == "failed  app › is wrong")
    #expect(run.outLines.dropFirst().first?.hasPrefix("  spec/app_spec.lua:3: expected 7, got ") == true)
    #expect(run.outLines.last?.hasPrefix("1 failed of 2 tests in 1 file, ") == true)
  }

  @Test("tests that pass are counted, listed with --verbose, and picked with --filter and by file")
  func passing() throws {
    let place = try place()
    let run = try place.lander("test", "--filter", "both", "--verbose", "spec")
    #expect(run.code == 0)
    #expect(run.outLines.first?.hasPrefix("passed  app › reaches both hosts (") == true)
    #expect(run.outLines.last?.hasPrefix("All passed: 1 test in 1 file, ") == true)
  }

  @Test("programs get one object, or JUnit's XML with what failed and why")
  func programs() throws {
    let place = try place()
    let run = try place.lander("test", "--json", "--junit", "report.xml")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
    let result = object["result"] as? [String: Any]
    #expect(result?["passed"] as? Int == 1 && result?["failed"] as? Int == 1 && object["exit"] as? Int == 2)
    let xml = try place.text("report.xml")
    #expect(xml.contains("<testsuites tests=\"2\" failures=\"1\"") && xml.contains("name=\"app › is wrong\""))
    #expect(xml.contains("<failure message=\"spec/app_spec.lua:3: expected 7, got "))
  }

  @Test("a report of an earlier run does not stay: a spec that cannot be read makes one with errors")
  func stale() throws {
    let place = try place()
    try place.write("<testsuites tests=\"2\" failures=\"0\"/>\n", to: "report.xml")
    try place.write("it(\"holds\", function(t) end\n", to: "spec/app_spec.lua")
    let run = try place.lander("test", "--junit", "report.xml")
    #expect(run.code == 2)
    let xml = try place.text("report.xml")
    #expect(xml.contains("<testsuites tests=\"1\" failures=\"0\" errors=\"1\">"), "\(xml)")
    #expect(xml.contains("classname=\"spec/app_spec.lua\"") && xml.contains("<error message=\""), "\(xml)")
    #expect(try place.lander("test", "nowhere", "--junit", "report.xml").code == 2)
    #expect(try place.text("report.xml").contains("there is no file or folder nowhere"))
  }

  @Test("no tests, a file that is none, and a path that is not there are refused before anything runs")
  func refusals() throws {
    let empty = try Workplace.project()
    try refused(
      empty, ["test"],
      "there is no test in HERE\n"
        + "  → write spec/deploy_spec.lua; docs/test-a-recipe.md shows how\n")
    try refused(empty, ["test", "deploy.lua"], "deploy.lua is no spec: their names end in _spec.lua\n")
    try refused(empty, ["test", "nowhere"], "there is no file or folder nowhere\n")
  }

  @Test("the strategies and plugins that come with lander pass their own tests")
  func shipped() throws {
    let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let run = try Workplace().lander("test", "-C", checkout.path)
    #expect(run.code == 0, "\(run.out)\(run.err)")
  }
}
