import DeployAppSpec
import Foundation
import Testing

@Suite("What is asked before an installation", .serialized)
struct LookAheadTests {
  private let host: SandboxHost

  init() throws {
    host = try SandboxHost()
    for (name, files) in [("v1", "a sub/b sub/gone"), ("v2", "a sub/b sub/new/c d")] {
      try bundle(name, to: "dest/app")
      try host.shell("mkdir -p \(name)/data/sub/new && cd \(name)/data && for f in \(files); do echo \(name) >$f; done; rmdir sub/new; :")
    }
  }

  private func bundle(_ name: String, to destination: String, _ rest: String = "") throws {
    try host.write(
      "version: 0.0\nos: linux\nfiles: [{source: data, destination: \(host.folder)/\(destination)}]\n\(rest)", to: name + "/appspec.yml")
  }

  private func tree() throws -> String {
    String(
      decoding: try host.shell("cd dest && find . -type f | sort | while read -r f; do echo \"$f $(cat $f)\"; done").stdout, as: UTF8.self)
  }

  /// Deploys `v2` over `v1`, and returns how often the event Install asked the host something.
  private func questions(after change: String = ":") async throws -> Int {
    #expect(await host.deploy("v1").error == nil)
    try host.shell(change)
    let there = try tree()
    host.fail(afterStep: -2)
    #expect(await host.deploy("v2", restore: true).error?.restored != nil)
    #expect(try tree() == there)
    host.fail(afterStep: 0)
    // Opening a deployment asks the host once too.
    let before = host.asked + 1
    let report = await host.deploy("v2")
    #expect(report.error == nil, "\(report.error?.message ?? "")")
    return host.asked - before
  }

  @Test("a bundle that goes where the last one went is asked for once, new folders and accounts of the host included")
  func once() async throws {
    defer { host.remove() }
    try bundle("v2", to: "dest/app", "permissions: [{object: \(host.folder)/dest/app, owner: root, group: root}]")
    #expect(try await questions() == 1)
    #expect(try tree() == "./app/a v2\n./app/d v2\n./app/sub/b v2\n./app/sub/new/c v2\n")
  }

  @Test(
    "what the host did not tell ahead is asked for",
    arguments: [
      // The cases: another destination, a folder that became a link, and folders that another program made.
      ("rm -rf dest/app/sub && mkdir dest/other", "dest/other/app"),
      ("mv dest/app dest/real && ln -s real dest/app", "dest/app"),
      ("cd root/deployment-instructions && grep -v '/app$\\|/sub$' g-cleanup >new && mv new g-cleanup", "dest/app"),
    ])
  func twice(change: String, destination: String) async throws {
    defer { host.remove() }
    try bundle("v2", to: destination)
    host.watch()
    #expect(try await questions(after: change) == 2)
    #expect(host.changedByQuestions.isEmpty, "asking changes nothing: it passes the fence")
    _ = try await host.answer(ShellProgram("echo >>dest/mine"))
    #expect(!host.changedByQuestions.isEmpty, "this would be seen")
    try host.shell("rm dest/mine")
    let app = "." + destination.dropFirst("dest".count)
    #expect(try tree() == ["a", "d", "sub/b", "sub/new/c"].map { "\(app)/\($0) v2\n" }.joined())
  }
}
