import Foundation
import Testing

/// What commands print as the next step or as the cause, which must fit the command that was typed.
@Suite("Advice that fits the command")
struct AdviceTests {
  @Test("a deployment whose hosts all went back has left none wrong, in the list for people and for programs")
  func history() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: """
        stages = { stage.upload, stage.rollout, stage "last" { run = function(d) here:run "test ! -e fail" end } },
        """)
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    try place.write("", to: "fail")
    let failed = try place.lander("deploy")
    #expect(failed.code == 10, "\(failed.err)\(failed.out)")
    let list = try place.lander("history")
    #expect(list.out.contains("failed") && !list.out.contains("left wrong"), "\(list.out)")
    let value = try place.lander("history", "--json").out
    #expect(value.contains(#""exit":10"#) && !value.contains("on the release of a deployment that failed"), "\(value)")
  }

  @Test("a name or revision that does not exist is named as it was typed, not by another command's option")
  func options() throws {
    let place = try Workplace.project(hosts: 1, body: "")
    let diff = try place.lander("diff", "--to", "nope")
    #expect(diff.err.contains("--to: there is no") && !diff.err.contains("--revision"), "\(diff.err)")
    for words in [["releases", "h9"], ["releases", "h9", "--group", "test"]] {
      let releases = try place.run(words)
      #expect(releases.code == 2 && releases.err.contains("h9"), "\(releases.err)")
      #expect(!releases.err.contains("--where") && !releases.err.contains("--only"), "\(releases.err)")
    }
    let prompt = try place.lander("repl", "--host", "h9")
    #expect(prompt.err.contains("--host: no host of ") && !prompt.err.contains("--only"), "\(prompt.err)")
  }

  @Test("a report that could not be written is not said to be, and both kinds of file give the same exit code")
  func written() throws {
    let place = try Workplace.project(hosts: 1, body: "")
    #expect(try place.lander("deploy").code == 0)
    for option in ["--junit", "--html"] {
      let run = try place.lander("report", option, "/dev/full")
      #expect(run.code == 21 && !run.err.contains("Wrote"), "\(option): \(run.code) \(run.err)")
    }
    let both = try place.lander("report", "--junit", "good.xml")
    #expect(both.code == 0 && both.err.contains("Wrote good.xml."), "\(both.err)")
  }
}
