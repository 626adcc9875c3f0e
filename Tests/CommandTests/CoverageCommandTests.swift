import Foundation
import Testing

@Suite("lander test --coverage") struct CoverageCommandTests {
  private func place() throws -> Workplace {
    let place = try Workplace.project(
      body: """
        on = { ApplicationStart = function(host)
          if host:try("bin/old").ok then
            host:run "bin/never"
          end
          host:run "bin/start"
        end },
        """)
    try place.write(
      """
      describe("app", function()
        it("starts", function(t)
          local run = t:deploy("app", { answers = { { command = "bin/old", status = 1 } } })
          t:expect(run.status):equals "succeeded"
        end)
      end)
      """, to: "spec/app_spec.lua")
    return place
  }

  @Test("a table names the lines that no test ran, and lcov has each line with its count")
  func told() throws {
    let place = try place()
    let run = try place.lander("test", "--coverage", "--lcov", "out.info")
    #expect(run.code == 0, "\(run.everything)")
    let main = try place.text("deploy.lua").components(separatedBy: "\n")
    func line(of text: String) throws -> Int { try #require(main.firstIndex { $0.contains(text) }) + 1 }
    let never = try line(of: "bin/never")
    #expect(run.out.contains("deploy.lua") && run.out.contains("\(never)"), "\(run.out)")
    let lcov = try place.text("out.info").components(separatedBy: "\n")
    #expect(lcov.contains { $0.hasPrefix("SF:") && $0.hasSuffix("deploy.lua") } && lcov.contains("end_of_record"), "\(lcov)")
    #expect(lcov.contains("DA:\(never),0"), "\(lcov)")
    let started = try line(of: "bin/start")
    #expect(lcov.contains { $0.hasPrefix("DA:\(started),") && !$0.hasSuffix(",0") }, "\(lcov)")
  }

  @Test("a file of figures that cannot be written is refused, and the tests do not pass silently")
  func unwritable() throws {
    let run = try place().lander("test", "--lcov", "deploy.lua/out.info")
    #expect(run.code != 0 && run.everything.contains("deploy.lua/out.info"), "\(run.everything)")
  }
}
