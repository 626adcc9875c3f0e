import DeployAppSpec
import DeployModel
import Testing

@Suite("Checking a bundle")
struct BundleReviewTests {
  private static func review(
    _ spec: String, _ scripts: [ExactText: BundleContents.Script] = [:],
    entries: [(String, BundleTree.Kind)] = [("app", .directory), ("app/x", .file)]
  ) -> [Finding] {
    let tree = BundleTree(root: HostPath("/b"), entries: entries.map { (path: $0.0, kind: $0.1) })
    let text = "version: 0.0\nos: linux\n" + spec
    return BundleReview(BundleContents(appSpecFile: "appspec.yml", appSpecText: text, tree: tree, scripts: scripts)).findings
  }

  private static func script(_ text: String, executable: Bool = true) -> [ExactText: BundleContents.Script] {
    ["s.sh": BundleContents.Script(kind: .file(isExecutable: executable), text: text)]
  }

  private static let hook = "hooks: {AfterInstall: [{location: s.sh, timeout: 60}]}"

  @Test("a bundle without surprises has no findings")
  func clean() {
    let findings = Self.review(
      "files: [{source: app, destination: /srv}]\n" + Self.hook,
      Self.script("#!/bin/sh\ntrue\ndaemon >/dev/null 2>&1 </dev/null &\ntrue &&\nx\n"))
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test(
    "each surprise is told with its line and a better way",
    arguments: [
      ("permission: []", "unknown-key", 3), ("overwrite: yes", "overwrite", 3),
      ("files: [{source: app, destination: /srv, overwrite: yes}]", "overwrite", 3),
      ("files:\n- source: app\n  destination: srv", "relative-destination", 4),
      ("files: [{source: /, destination: /srv}]", "whole-bundle", 3),
      ("permissions:\n- object: /srv\n  mode: 0644", "octal-mode", 5),
      ("permissions:\n- object: /srv\n  mode: 0755", "appspec-permission-mode", 5),
      ("permissions:\n- {object: /srv, mode: 644, except: [a]}", "except-depth", 4),
      ("permissions:\n- object: /srv", "permission-without-effect", 4),
      ("permissions:\n- {object: /srv, mode: 4755, owner: root}", "set-id-lost", 4),
      ("permissions:\n- {object: /srv, mode: 1, pattern: 'a/*'}", "pattern-depth", 4),
      ("permissions:\n- {object: /srv, mode: 1, pattern: '?.sh'}", "pattern-literal", 4),
      ("files: [{source: app, destination: /srv}]\npermissions:\n- {object: /srv/, mode: 755}", "object-itself", 5),
      ("permissions: [{object: /srv, context: {type: t}}]", "context-range", 3),
      ("hooks:\n  afterinstall: []", "appspec-unknown-event", 4), ("hooks:\n  Install: []", "event-without-scripts", 4),
      ("hooks:\n  AfterInstall:\n  - location: gone.sh\n    timeout: 5", "script-missing", 5),
      ("hooks: {AfterInstall: [{location: s.sh}]}", "no-timeout", 3),
      ("hooks: {AfterInstall: [{location: s.sh, sudo: yes}]}", "sudo", 3),
      ("hooks:\n  A:\n  A:", "repeated-key", 4), ("files: [{source: gone, destination: /srv}]", "os-enoent", 3),
    ])
  func surprises(spec: String, rule: String, line: Int) throws {
    let findings = Self.review(spec, Self.script("#!/bin/sh\n"))
    let finding = try #require(findings.first { $0.rule == rule }, "\(findings)")
    #expect(finding.line == line)
  }

  @Test("scripts are looked into")
  func scripts() {
    func rules(_ text: String, executable: Bool = true) -> [String] {
      Self.review(Self.hook, Self.script(text, executable: executable)).map(\.rule)
    }
    #expect(rules("#!/bin/sh\n", executable: false) == ["not-executable"])
    #expect(rules("#!/bin/sh\r\ntrue\r\n") == ["script-failed"])
    #expect(rules("#!/bin/sh\ntrue\r\n") == ["carriage-returns"])
    #expect(rules("true\n") == ["no-interpreter"])
    #expect(rules("#!/bin/sh\nserver &\n") == ["output-left-open"])
    #expect(rules("#!/bin/sh\nserver > log &\n") == ["output-left-open"])
    #expect(rules("#!/bin/sh\nserver > log 2>&1 &\n").isEmpty)
    #expect(rules("#!/bin/sh\nserver &>/dev/null &\n").isEmpty)
    #expect(rules("#!/bin/sh\n# this & that &\n").isEmpty)
  }

  @Test("a near match is named")
  func near() {
    #expect(Self.review("permission: []").first?.better == "did you mean permissions?")
    #expect(Self.review("hooks: {afterinstall: []}").first?.better == "did you mean AfterInstall?")
  }

  @Test("all errors come at once")
  func all() {
    let findings = Self.review("files:\n- source: a\nhooks: {X: [{timeout: 1}]}\npermissions: [{mode: 1}]")
    #expect(
      findings.filter { $0.severity == .error }.map(\.rule) == [
        "appspec-files", "appspec-unknown-event", "appspec-hook-location", "appspec-permission-object",
      ]
        || findings.filter { $0.severity == .error }.count == 4, "\(findings.map(\.rule))")
  }
}
