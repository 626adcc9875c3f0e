import Foundation
import Testing

@Suite("In the jobs of CI systems", .serialized)
struct CITests {
  /// Returns the commands of a documented job, from the first block of YAML in the page that has commands.
  private static func script(_ page: String) throws -> [String] {
    let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: checkout.appending(path: page), encoding: .utf8)
    let block = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first?.components(separatedBy: "```").first)
    return block.split(separator: "\n").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " -")) }
      .map { $0.hasPrefix("run: ") ? String($0.dropFirst(5)) : $0 }.filter { $0.hasPrefix("lander ") }
  }

  private static let sha = String(repeating: "3f2a91cbd0", count: 4)

  /// Runs a shell command line with `lander` in PATH.
  private func shell(_ line: String, _ place: Workplace, _ environment: [String: String]) throws -> Workplace.Run {
    let running = try place.start([], environment, through: ["sh", "-c", "lander() { \"$0\" \"$@\"; }; \(line)"])
    let code = running.wait()
    return Workplace.Run(out: running.said(running.out), err: running.said(running.err), code: code)
  }

  @Test("the documented GitHub job leaves sections, outputs and a summary, and an annotation at the recipe's line if it fails")
  func github() throws {
    let place = try Workplace.project(
      hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"echo ::error::gotcha; grep -q 1 version\" end },")
    let environment = [
      "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "kim", "GITHUB_SHA": Self.sha, "GITHUB_REF_TYPE": "branch",
      "GITHUB_REF_NAME": "main", "GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "o/shop", "GITHUB_RUN_ID": "7",
      "GITHUB_OUTPUT": place.path + "/outputs", "GITHUB_STEP_SUMMARY": place.path + "/summary.md", "GITHUB_WORKSPACE": place.path,
    ]
    let lines = try Self.script("docs/ci/github.md")
    #expect(lines.contains { $0.hasPrefix("lander deploy") }, "\(lines)")
    for line in lines {
      let run = try shell(line, place, environment)
      #expect(run.code == 0, "\(line): \(run.err)")
      if line.hasPrefix("lander deploy") {
        #expect(run.err.contains("\n::group::Wave 1, 1 host\n") && run.err.contains("\n::endgroup::\n"), "\(run.err)")
        #expect(!run.err.contains("\n::error"), "\(run.err)")
      }
    }
    let outputs = try place.text("outputs")
    #expect(
      outputs.contains("exit=0\nkind=done\n") && outputs.contains("deployment=") && outputs.contains("commit=\(Self.sha)"), "\(outputs)")
    #expect(try place.text("summary.md").hasPrefix("# app to test: ✅ succeeded\n"))
    #expect(try place.lander("history").out.contains("kim via "))
    try place.write("2\n", to: "app/version")
    let failed = try place.run(["deploy", "-v"], environment)
    #expect(failed.code == 10, "\(failed.err)")
    let annotations = failed.err.split(separator: "\n").filter { $0.hasPrefix("::error") }
    #expect(annotations.count == 1 && annotations[0].hasPrefix("::error file=deploy.lua,line="), "\(failed.err)")
    #expect(!failed.err.split(separator: "\n").contains { $0.trimmingCharacters(in: .whitespaces).hasPrefix("::error::gotcha") })
    #expect(try place.text("summary.md").contains("# app to test: ❌ failed"))
  }

  @Test("the documented GitLab job leaves sections, a dotenv report and JUnit's XML")
  func gitlab() throws {
    let place = try Workplace.project(hosts: 1)
    let environment = [
      "CI": "true", "GITLAB_CI": "true", "GITLAB_USER_LOGIN": "kim", "CI_COMMIT_SHA": Self.sha, "CI_COMMIT_BRANCH": "main",
      "CI_COMMIT_TITLE": "Fix the login", "CI_JOB_URL": "https://git.example/jobs/7",
    ]
    for line in try Self.script("docs/ci/gitlab.md") {
      let run = try shell(line, place, environment)
      #expect(run.code == 0, "\(line): \(run.err)")
      if line.hasPrefix("lander deploy") { #expect(run.err.contains("\r\u{1B}[0KWave 1, 1 host\n"), "\(run.err)") }
    }
    let dotenv = try place.text("deploy.env")
    #expect(dotenv.contains("LANDER_KIND=done\n") && dotenv.contains("LANDER_URL=https://shop.example\n"), "\(dotenv)")
    #expect(try place.text("deploy.xml").contains("wave 1"))
    #expect(try place.text("report.html").contains("https://git.example/jobs/7"))
    #expect(try place.lander("show", "last").out.contains("Fix the login"))
  }

  @Test("files for programs say how a command ended that never came to a deployment; what an earlier one left in them is gone")
  func early() throws {
    let place = try Workplace.project(hosts: 1)
    let files = ["--junit", "j.xml", "--dotenv", "d.env", "--result", "r.json"]
    #expect(try place.run(["deploy"] + files).code == 0)
    try place.write("recipe \"app\" { pth = 1 }\n", to: "deploy.lua")
    for words in [["deploy"], ["deploy", "--no-such-option"], ["deploy", "--revision", ""], ["rollback", "app"]] {
      let junit = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites failures=\"0\"/>"
      for (file, text) in [("j.xml", junit), ("d.env", "LANDER_EXIT=0\n"), ("r.json", "{\"v\":1,\"type\":\"ended\",\"exit\":0}")] {
        try place.write(text, to: file)
      }
      #expect(try place.run(words + files).code == 2, "\(words)")
      let (said, dotenv) = (try place.text("j.xml"), try place.text("d.env"))
      #expect(said.contains("errors=\"") && said.contains("<error message=\"") && !said.contains("errors=\"0\""), "\(words): \(said)")
      #expect(dotenv == "LANDER_EXIT=2\nLANDER_KIND=usage\nLANDER_CAUSE=input\n", "\(words): \(dotenv)")
      #expect(try place.text("r.json").contains("\"exit\":2"), "\(words)")
    }
    // A command without this option does not touch the file.
    try place.write("mine", to: "j.xml")
    #expect(try place.run(["status", "--junit", "j.xml"]).code == 2)
    #expect(try place.text("j.xml") == "mine")
  }

  @Test("a report that cannot be written changes the exit of no failed deployment, and makes a good one 21")
  func fullDisk() throws {
    let place = try Workplace.project(hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"grep -q 1 version\" end },")
    let good = try place.run(["deploy", "--dotenv", "/dev/full"])
    #expect(good.code == 21 && good.err.contains("the file of --dotenv could not be written: No space left on device"), "\(good.err)")
    try place.write("2\n", to: "app/version")
    let output = place.path + "/outputs"
    let failed = try place.run(["deploy", "--junit", "/dev/full"], ["GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": output])
    #expect(failed.code == 10 && failed.err.contains("the file of --junit could not be written"), "\(failed.err)")
    #expect(try place.text("outputs").contains("exit=10"))
  }
}
