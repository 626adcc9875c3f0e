import DeployModel
import DeployReport
import Foundation
import PlanDrafts
import Testing

@Suite("Reports from one document")
struct DocumentTests {
  private static let failing = DeploymentDocument(
    [Chronicle(Stories.failing)],
    logs: [DeploymentDocument.Log(title: "web1 run curl", text: "> <b>503</b>\n", isBad: true)])

  @Test("text has who, the failure, the course and each host")
  func text() {
    let text = Self.failing.document.lines(on: Surface()).joined(separator: "\n")
    for part in [
      "web of shop to production: failed", "Deployment  20261121-113045-x7k2", "By          kim@laptop", "First failure",
      "curl -f http://localhost:8080/ready ended with exit status 22", "Where  web1, ValidateService, deploy.lua:31",
      "web1  restored     ValidateService failed", "web2  not started",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    #expect(text.contains("waves") && text.contains("wave 1, 1 host"), "\(text)")
  }

  @Test("the explanation of a deployment says who wanted what, what happened in which order, why it ended so, and what is next")
  func explained() {
    let text = Explanation([Chronicle(Stories.failing)]).document.lines(on: Surface()).joined(separator: "\n")
    var rest = text[...]
    for part in [
      "kim@laptop asked for a deployment on 2026-11-21 11:30:45 UTC. Nobody said why.",
      "2 of 2 hosts were to get revision 3f2a91cbd012: web1, web2.",
      "What happened", "Stage upload began. It took 1 s.", "Wave 1 began with web1. It took 8 s. Of these failed: web1.",
      "web1 failed in ValidateService at deploy.lua:31: curl -f http://localhost:8080/ready ended with exit status 22.",
      "It wrote last: curl: (22)",
      "How it ended", "It took 15 s and ended so: it failed, and every touched host is back on what it ran before (exit code 10).",
      "Hosts: 1 restored · 1 not started.", "Next", "lander logs 20261121-113045-x7k2 web1",
    ] {
      let found = rest.range(of: part)
      #expect(found != nil, "\(part) in \(text)")
      if let found { rest = rest[found.upperBound...] }
    }
    let running = Explanation([Chronicle(Array(Stories.failing.prefix(9)))]).document.lines(on: Surface()).joined(separator: "\n")
    #expect(running.contains("It has not ended: 0 of 2 hosts done; web1 ValidateService."), "\(running)")
    #expect(running.hasPrefix("web of shop to production, deployment 20261121-113045-x7k2: has not ended"), "\(running)")
  }

  @Test("in a narrow window the items of a story line up behind their times, and its title is folded, too")
  func foldedStory() {
    let text = Explanation([Chronicle(Stories.failing)]).document.lines(on: Surface(width: 60, terminal: true))
    #expect(text.allSatisfy { $0.columns <= 60 }, "\(text)")
    let failed = text.firstIndex { $0.hasPrefix("  11:30:55  web1 failed in ValidateService at deploy.lua:31:") }
    #expect(failed.map { text[$0 + 1] } == "            curl -f http://localhost:8080/ready ended with", "\(text)")
    #expect(text[0] == "web of shop to production, deployment 20261121-113045-x7k2:", "\(text)")
    #expect(text[1].hasPrefix("it failed, and every"), "\(text)")
  }

  @Test("the page needs nothing else: no script, and no address but the job's")
  func page() {
    let plan = Stories.plan().edited {
      $0.provenance = Provenance(job: Provenance.Job(system: "gitlab", url: "https://git.example/jobs/7"))
    }
    let entries = [Entry(sequence: 0, at: Stories.start, fact: .planned(plan))] + Stories.failing.dropFirst()
    let html = DeploymentDocument([Chronicle(entries)], logs: [DeploymentDocument.Log(title: "t", text: "x", isBad: false)]).document.html
    #expect(html.contains("<a href=\"https://git.example/jobs/7\" rel=\"noopener noreferrer\">"))
    let addresses = html.components(separatedBy: "http").dropFirst().filter {
      !$0.hasPrefix("-equiv") && !$0.hasPrefix("://localhost:8080/ready")
    }
    #expect(addresses.count == 2, "\(addresses.map { $0.prefix(40) })")
    for word in ["<script", " src=", "@import", "url(", " onload", "javascript:"] { #expect(!html.lowercased().contains(word), "\(word)") }
    #expect(html.contains("default-src 'none'") && html.contains("prefers-color-scheme: dark") && html.contains("@media print"))
    #expect(html.contains("<svg class=\"timeline\"") && html.contains("<details><summary>"))
  }

  @Test("what hosts, commits and people wrote is text on the page and in Markdown, whatever it looks like")
  func hostile() {
    let attack = "</title><script>alert(1)</script><img src=x onerror=a> [a](javascript:b) | `x` \u{202E}\" '"
    let error = ScriptError(Failure(.command, attack, fix: attack), host: attack, stderr: attack)
    let plan = Stories.plan(hosts: [attack, "web2"]).edited {
      $0.provenance = Provenance(
        actor: attack, message: attack, labels: [Label(name: "a", value: attack)],
        commit: Commit(id: "c", branch: attack, tag: attack, subject: attack),
        changes: CommitRange(from: "c", total: 1, newest: [CommitRange.Line(id: "c", author: attack, subject: attack)]),
        job: Provenance.Job(system: "gitlab", url: "javascript:alert(1)"))
    }
    let entries = Stories.entries([
      .planned(plan), .noted(.waveBegan(number: 1, hosts: [0])), .noted(.eventBegan(host: 0, .install)),
      .noted(.eventEnded(host: 0, .install, error: error)), .noted(.eventSkipped(host: 1, .install, reason: attack)),
      .noted(.remark(attack)), .noted(.gateOpened(number: 1, Gate(.approval, name: attack, message: attack, time: .seconds(5)))),
      .concluded(Conclusion(status: .failed, error: error, hosts: [.failed(error), .pending])),
    ])
    let logs = [DeploymentDocument.Log(title: attack, text: attack + "\n````\n" + attack, isBad: true)]
    let document = DeploymentDocument([Chronicle(entries)], logs: logs).document
    #expect(!document.html.contains("<script") && !document.html.contains("<img") && !document.html.contains("href=\"javascript"))
    #expect(document.html.components(separatedBy: "</title>").count == document.html.components(separatedBy: "<title>").count)
    var (prose, fence): ([Substring], String?) = ([], nil)
    let markdown = document.markdown()
    for line in markdown.split(separator: "\n") {
      if let open = fence {
        if line == open { fence = nil }
      } else if line.hasPrefix("```"), line.hasSuffix("text") {
        fence = String(line.dropLast(4))
      } else {
        prose.append(line)
      }
    }
    #expect(fence == nil && prose.count > 20)
    // An escaped bracket does not end a link.
    let live = prose.map { $0.replacing("\\]", with: "") }
    #expect(!live.contains { $0.contains("<script") || $0.contains("](javascript") || $0.contains("<img") }, "\(markdown)")
  }

  @Test("a summary of many hosts keeps to its limit, and says that the rest is left out")
  func limit() {
    let names = (1...2000).map { "web\($0).a-rather-long-name.example" }
    let statuses = names.map { _ in HostStatus.restored(Stories.broken) }
    let entries = Stories.entries([
      .planned(Stories.plan(hosts: names)), .concluded(Conclusion(status: .failed, error: Stories.broken, hosts: statuses)),
    ])
    let markdown = DeploymentDocument([Chronicle(entries)]).document.markdown(limit: 20_000)
    #expect(markdown.utf8.count <= 20_000 && markdown.hasSuffix("_The rest is left out: lander report shows all of it._\n"))
    #expect(DeploymentDocument([Chronicle(entries)]).document.html.contains("and 1,500 more hosts"))
  }

  @Test("JUnit fails for a deployment that stopped on purpose, and names every host that has not got the release")
  func without() {
    let away = Failure(.unreachable, "no route to host")
    let stopped = Stories.entries([
      .planned(Stories.plan()), .noted(.waveBegan(number: 1, hosts: [0])), .noted(.eventBegan(host: 0, .install)),
      .noted(.eventEnded(host: 0, .install, error: nil)), .noted(.host(0, .succeeded)),
      .noted(.stopped(reason: "half is enough", left: [1])),
      .concluded(Conclusion(status: .partial, hosts: [.succeeded, .pending])),
    ])
    let text = JUnitReport([Chronicle(stopped)]).text
    #expect(text.contains("failures=\"1\"") && text.contains("half is enough"), "\(text)")
    #expect(text.contains("classname=\"web2\" name=\"deployment\">\n      <skipped message=\"left on the old revision\"/>"), "\(text)")
    let excused = Stories.entries([
      .planned(Stories.plan()), .concluded(Conclusion(status: .succeeded, hosts: [.succeeded, .leftOut(away)])),
    ])
    let good = JUnitReport([Chronicle(excused)]).text
    #expect(good.contains("failures=\"0\"") && good.contains("<skipped message=\"no route to host\"/>"), "\(good)")
  }

  @Test("JUnit has a suite for each wave, and a case for each event of each host, with what went wrong")
  func junit() throws {
    let text = JUnitReport([Chronicle(Stories.failing)]).text
    let document = try XMLProbe.names(text)
    #expect(document == ["testsuites", "testsuite", "properties", "property", "property", "property", "testcase", "failure"], "\(text)")
    #expect(text.contains("<testsuite name=\"web to production: wave 1\" tests=\"1\" failures=\"1\""), "\(text)")
    #expect(text.contains("<testcase classname=\"web1\" name=\"ValidateService\" time=\"3.000\">"), "\(text)")
    let refused = Stories.entries([.planned(Stories.plan()), .concluded(Conclusion(status: .refused, error: Stories.broken, hosts: []))])
    #expect(JUnitReport([Chronicle(refused)]).text.contains("tests=\"1\" failures=\"1\""))
  }
}

/// Reads the elements of a document in their order. Checks the document only for correct nesting.
private enum XMLProbe {
  struct Broken: Error { var at: String }

  static func names(_ text: String) throws -> [String] {
    var (names, open): ([String], [String]) = ([], [])
    for part in text.components(separatedBy: "<").dropFirst() where !part.hasPrefix("?") {
      let tag = part.prefix { $0 != ">" }
      let name = String(tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" })
      if tag.hasPrefix("/") {
        guard open.popLast() == name else { throw Broken(at: String(part)) }
      } else {
        names.append(name)
        if !tag.hasSuffix("/") { open.append(name) }
      }
    }
    guard open.isEmpty else { throw Broken(at: "end") }
    return names
  }
}
