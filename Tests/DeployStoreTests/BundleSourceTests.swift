import DeployModel
import DeployStore
import Foundation
import Testing

@Suite("What a bundle is made of")
struct BundleSourceTests {
  let b: Bundling
  init() throws { b = try Bundling() }

  private func paths(_ built: BuiltBundle) -> [String] { built.manifest.items.filter { $0.kind == .file }.map(\.path) }

  @Test("a commit is packed as it was committed, and named by ref and commit", .enabled(if: Shell.has("git"), "SKIPPED: git is not here"))
  func git() async throws {
    try b.write("1", to: "a.txt")
    try b.sh("git init -q -b main . && git add -A && git -c user.name=n -c user.email=e@x commit -qm 1 && git tag v1")
    try b.write("2", to: "a.txt")
    try b.write("x", to: "untracked")
    let built = try await b.build(git: "v1")
    #expect(paths(built) == ["a.txt"])
    #expect(try await b.store.content(of: built.manifest.items[0].digest ?? Digest(of: "")) == Array("1".utf8))
    #expect(built.bundle.source.hasPrefix("git v1 ("))
    #expect(built.manifest.items[0].mode == 0o644)
    let problems = try await #require(throws: Problems.self) { try await b.build(git: "v2") }
    #expect(problems.list[0].fix == "did you mean \"v1\"?")
    await #expect(throws: Problems.self) { try await b.build(git: "--output=x") }
  }

  @Test("the build command runs in the project before its product is read")
  func buildCommand() async throws {
    let built = try await b.build(build: "mkdir -p dist && echo made > dist/x")
    #expect(paths(built) == ["x"])
  }

  @Test("a build that fails is refused with its last words")
  func failingBuild() async throws {
    let problems = try await #require(throws: Problems.self) { try await b.build(build: "echo no such target >&2; exit 3") }
    #expect(problems.exit == .usage)
    #expect(problems.list[0].message.contains("status 3"))
    #expect(problems.list[0].message.contains("no such target"))
  }

  @Test(
    "patterns leave out what git would leave out",
    arguments: [
      (["*.map"], ["a.js", "node_modules/m/i.js", "src/deep/x.log", "src/keep.log", "src/x.log", "src/z/a"]),
      (["/a.js"], ["a.js.map", "node_modules/m/i.js", "src/a.js.map", "src/deep/x.log", "src/keep.log", "src/x.log", "src/z/a"]),
      (["node_modules/", "*.map", "*.log", "!keep.log"], ["a.js", "src/keep.log", "src/z/a"]),
      (["src/*.log", "*.map"], ["a.js", "node_modules/m/i.js", "src/deep/x.log", "src/z/a"]),
      (["src/**/x.log", "**/*.map"], ["a.js", "node_modules/m/i.js", "src/keep.log", "src/z/a"]),
      (["src/**", "*.map"], ["a.js", "node_modules/m/i.js"]),
      (["src", "!src/keep.log", "*.map"], ["a.js", "node_modules/m/i.js"]),
      (["?.js", "[m-n]*", "*.map", "sr[!x]/"], []),
      (["a.js/", "*.map", "src/"], ["a.js", "node_modules/m/i.js"]),
    ])
  func ignore(patterns: [String], left: [String]) async throws {
    for path in ["a.js", "a.js.map", "node_modules/m/i.js", "src/a.js.map", "src/keep.log", "src/x.log", "src/deep/x.log", "src/z/a"] {
      try b.write("x", to: "dist/\(path)")
    }
    try b.sh("tar -C dist -czf app.tgz .")
    for source in ["dist", "app.tgz"] {
      do throws(Problems) {
        #expect(paths(try await b.build(source, ignore: patterns)) == left, "\(source)")
      } catch {
        #expect(left.isEmpty && error.list[0].message.contains("left out by ignore patterns"), "\(source): \(error)")
      }
    }
  }

  @Test("what `.landerignore` leaves out agrees with git itself", .enabled(if: Shell.has("git"), "SKIPPED: git is not here"))
  func gitAgrees() async throws {
    let parts = ["a", "b", "ab", "a.log", "x", "sub"]
    for seed in 1...15 {
      let one = try Bundling()
      var random = Seeded(UInt64(seed))
      for _ in 0..<25 {
        let path = (0..<Int.random(in: 1...3, using: &random)).map { _ in parts.randomElement(using: &random) ?? "a" }.joined(
          separator: "/")
        try? one.write("x", to: "dist/\(path)")
      }
      let words = ["a", "b", "*.log", "a*", "?", "sub", "**", "x", "[ab]"]
      let rules = (0..<4).map { _ in
        let body = (0..<Int.random(in: 1...2, using: &random)).map { _ in words.randomElement(using: &random) ?? "a" }.joined(
          separator: "/")
        return (Int.random(in: 0..<4, using: &random) == 0 ? "!" : "") + (Int.random(in: 0..<3, using: &random) == 0 ? "/" : "") + body
          + (Int.random(in: 0..<4, using: &random) == 0 ? "/" : "")
      }
      let text = rules.joined(separator: "\n") + "\n"
      try one.write(text, to: "dist/.landerignore")
      try one.write(text, to: "rules")
      let listed = try one.sh("cd dist && git init -q . && git -c core.excludesFile=../rules ls-files -o --exclude-from=../rules").out
      let expected = listed.split(separator: "\n").map(String.init).filter { $0 != ".landerignore" }.sorted()
      do throws(Problems) {
        #expect(paths(try await one.build()) == expected, "seed \(seed): \(rules)")
      } catch {
        #expect(expected.isEmpty, "seed \(seed): \(rules)")
      }
    }
  }

  @Test("`.git`, `.lander` and `.landerignore` never travel")
  func always() async throws {
    for path in ["a", ".git/config", ".lander/journal.sqlite", "sub/.git", "sub/b"] { try b.write("x", to: "dist/\(path)") }
    try b.write("# what hosts do not need\nsub/\n", to: "dist/.landerignore")
    try b.sh("tar -C dist -czf app.tgz .")
    #expect(paths(try await b.build()) == ["a"])
    #expect(paths(try await b.build("app.tgz")) == ["a"])
  }

  @Test("a script whose first line ends in a carriage return is warned of by name")
  func carriageReturn() async throws {
    try b.write("#!/bin/sh\r\necho x\r\n", to: "dist/bin/start")
    try b.write("#!/bin/sh\necho x\r\n", to: "dist/bin/good")
    try b.sh("tar -C dist -czf app.tgz .")
    for source in ["dist", "app.tgz"] {
      let warnings = try await b.build(source).warnings
      #expect(warnings.map(\.subject) == ["bin/start"])
      #expect(warnings[0].message.contains("not found"))
    }
  }

  @Test("secrets come from the first provider that has them")
  func secrets() async throws {
    try b.write("# mine\nexport A=one\nB=\"two = 2\"\nE=\n", to: "secrets", mode: 0o600)
    try b.write("three\n", to: "folder/C", mode: 0o600)
    let secrets = SecretProviders([
      EnvironmentSecrets(["A": "zero"]), FileSecrets("\(b.project)/secrets"), FileSecrets("\(b.project)/folder"),
      CommandSecrets(["printf", "%s\\n", "got {name}"], in: b.project, run: Bundling.run),
    ])
    #expect(try await secrets.value(of: "A") == "zero")
    #expect(try await secrets.value(of: "B") == "two = 2")
    #expect(try await secrets.value(of: "C") == "three")
    #expect(try await secrets.value(of: "D") == "got D")
    await #expect(throws: Failure.self) { try await secrets.value(of: "E") }
  }

  @Test("a secret nobody has is missed with the names of those who were asked")
  func missingSecret() async throws {
    let secrets = SecretProviders([EnvironmentSecrets([:]), FileSecrets("\(b.project)/none")])
    let failure = try await #require(throws: Failure.self) { try await secrets.value(of: "X") }
    #expect(failure.kind == .missing)
    #expect(failure.message.contains("the environment, the file \(b.project)/none"))
    #expect(await secrets.missing(of: ["X", "Y"]).map(\.subject) == ["X", "Y"])
  }

  @Test("a file of secrets that others may read is refused")
  func openSecrets() async throws {
    for mode in [0o640, 0o644, 0o604, 0o622] {
      try b.write("A=1\n", to: "secrets-\(mode)", mode: mode)
      try b.write("1\n", to: "folder-\(mode)/A", mode: mode)
      for path in ["secrets-\(mode)", "folder-\(mode)"] {
        let failure = try await #require(throws: Failure.self) { try await FileSecrets("\(b.project)/\(path)").value(of: "A") }
        #expect(failure.kind == .notPermitted)
        #expect(failure.fix?.hasPrefix("chmod 600") == true)
      }
    }
  }

  @Test("what a failing command of secrets says is shown short, without what it printed and without what looks like a key")
  func talkativeCommand() async throws {
    let script =
      "echo hunter2-the-value; echo \"$(seq -s, 500)\" >&2;"
      + " echo 'bad token ghp_a1B2c3D4e5F6g7H8i9 for hunter2-the-value: 403' >&2; exit 4"
    let command = CommandSecrets(["sh", "-c", script], in: b.project, run: Bundling.run)
    let failure = try await #require(throws: Failure.self) { try await command.value(of: "A") }
    #expect(failure.message.hasSuffix("status 4: bad token <left out> for <left out>: 403"), "\(failure.message)")
    let long = CommandSecrets(["sh", "-c", "seq -s' ' 500 >&2; exit 4"], in: b.project, run: Bundling.run)
    let cut = try await #require(throws: Failure.self) { try await long.value(of: "A") }
    #expect(cut.message.count < 400 && cut.message.hasSuffix("…"))
  }

  @Test("set-id bits of a bundle's files are not delivered, and each is told")
  func setIDs() async throws {
    try b.write("x", to: "dist/tool")
    try b.write("y", to: "dist/plain")
    _ = try b.sh(
      "mkdir dist/folder && echo z >dist/folder/other && chmod 6755 dist/tool && chmod 2775 dist/folder && chmod 1644 dist/plain && "
        + "tar -C dist -cf set.tar .")
    for path in ["dist", "set.tar"] {
      let built = try await b.build(path)
      let modes = Dictionary(uniqueKeysWithValues: built.manifest.items.map { ($0.path, $0.mode) })
      #expect(modes["tool"] == 0o755 && modes["folder"] == 0o775 && modes["plain"] == 0o1644, "\(path): \(modes)")
      #expect(built.warnings.map(\.subject) == ["tool"])
      #expect(built.warnings.first?.message.contains("set-id bits (mode 6755) are not delivered") == true)
    }
  }

  @Test("set-id bits of what an appspec file installs are delivered, as by the agent, and each is told")
  func setIDsOfAppSpec() async throws {
    try b.write("x", to: "dist/tool")
    _ = try b.sh("chmod 4755 dist/tool")
    var revision = Revision(source: .path("dist"))
    revision.linksLeave = true
    let built = try await b.store.build(revision, in: b.project, run: Bundling.run)
    #expect(built.manifest.items.first { $0.path == "tool" }?.mode == 0o4755)
    #expect(built.warnings.map(\.message) == ["its set-id bits (mode 4755) are delivered, as the CodeDeploy agent does"])
  }

  @Test("a command that fails says so, and never with the value")
  func failingCommand() async throws {
    let command = CommandSecrets(["sh", "-c", "echo locked >&2; exit 4"], in: b.project, run: Bundling.run)
    let failure = try await #require(throws: Failure.self) { try await command.value(of: "A") }
    #expect(failure.message.contains("status 4: locked"))
  }
}
