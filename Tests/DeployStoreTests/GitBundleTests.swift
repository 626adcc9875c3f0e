import DeployModel
import DeployStore
import Foundation
import Testing

/// What happens to submodules and other references in a commit, and which folder of the commit is packed.
@Suite("Bundles of commits", .enabled(if: Shell.has("git"), "SKIPPED: git is not here"))
struct GitBundleTests {
  let b: Bundling
  init() throws { b = try Bundling() }

  private let commit = "git add -A && git -c user.name=n -c user.email=e@x commit -qm 1"
  private let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "a", count: 64))\nsize 12\n"

  private func build(
    _ ref: String, folder: String? = nil, ignore: [String] = [], repository: String = "."
  ) async throws(Problems) -> BuiltBundle {
    try await b.store.build(
      Revision(source: .git(ref: ref, repository: repository), ignore: ignore, folder: folder), in: b.project, run: Bundling.run)
  }
  private func paths(_ built: BuiltBundle) -> [String] { built.manifest.items.filter { $0.kind == .file }.map(\.path) }

  /// Makes a repository with an ordinary file and submodules at `vendor/lib` and `théme`.
  private func withSubmodules() throws {
    try b.write("1", to: "other/x")
    try b.sh("cd other && git init -q -b main . && \(commit)")
    try b.write("1", to: "repo/a.txt")
    try b.sh("cd repo && git init -q -b main . && git -c protocol.file.allow=always submodule --quiet add ../other vendor/lib")
    try b.sh("cd repo && git -c protocol.file.allow=always submodule --quiet add ../other 'théme' && \(commit)")
  }

  @Test("a submodule would go out as an empty folder, so each is refused with its path, and can be left out")
  func submodules() async throws {
    try withSubmodules()
    let problems = try await #require(throws: Problems.self) { try await build("HEAD", repository: "repo") }
    #expect(problems.list.compactMap(\.subject).sorted() == ["théme", "vendor/lib"], "\(problems.list)")
    #expect(problems.list.allSatisfy { $0.message.hasPrefix("is a git submodule") })
    let built = try await build("HEAD", ignore: ["/vendor", "théme"], repository: "repo")
    #expect(paths(built) == [".gitmodules", "a.txt"])
  }

  @Test("a folder with a submodule that nobody checked out is packed with a warning that names it")
  func emptySubmodule() async throws {
    try withSubmodules()
    try b.sh("cd repo && git submodule --quiet deinit -f vendor/lib")
    let built = try await b.build("repo")
    #expect(built.warnings.compactMap(\.subject) == ["vendor/lib"], "\(built.warnings)")
  }

  @Test("a pointer of git LFS is refused in a commit, and is a warning in a folder and an archive")
  func pointers() async throws {
    try b.write(pointer, to: "dist/big.bin")
    try b.write("about version https://git-lfs.github.com/spec/v1\n", to: "dist/readme")
    try b.sh("git init -q -b main . && \(commit)")
    let problems = try await #require(throws: Problems.self) { try await build("HEAD") }
    #expect(problems.list.compactMap(\.subject) == ["dist/big.bin"])
    #expect(problems.list[0].message.contains("pointer of git LFS"))
    try b.sh("tar -C dist -czf app.tgz . && cd dist && zip -qr ../app.zip . 2>/dev/null || cp ../app.tgz ../app.zip")
    for source in ["dist", "app.tgz", "app.zip"] {
      let warnings = try await b.build(source).warnings
      #expect(warnings.compactMap(\.subject) == ["big.bin"], "\(source): \(warnings)")
    }
    #expect(paths(try await build("HEAD", ignore: ["*.bin"])) == ["dist/readme"])
  }

  @Test("of a commit the recipe's folder is packed, also where the project lies inside of the repository")
  func folder() async throws {
    try b.write("1", to: "site/a")
    try b.write("1", to: "site/deep/b")
    try b.write("1", to: "deploy.lua")
    try b.sh("git init -q -b main . && \(commit)")
    #expect(paths(try await build("HEAD", folder: "site")) == ["a", "deep/b"])
    #expect(paths(try await build("HEAD", folder: "./site/deep")) == ["b"])
    #expect(paths(try await build("HEAD", folder: "deep", repository: "site")) == ["b"])
    #expect(paths(try await build("HEAD", folder: "../site", repository: "site")) == ["a", "deep/b"])
    #expect(paths(try await build("HEAD", repository: "site")) == ["a", "deep/b"])
    #expect(try await build("HEAD", folder: "site").bundle.source.hasSuffix(") site"))
    for (folder, message) in [("none", "the commit has no folder none"), ("deploy.lua", "the commit has no folder deploy.lua")] {
      let problems = try await #require(throws: Problems.self) { try await build("HEAD", folder: folder) }
      #expect(problems.list.map(\.message) == [message])
    }
    let out = try await #require(throws: Problems.self) { try await build("HEAD", folder: "../..") }
    #expect(out.list[0].message.contains("leads out of the repository"))
  }

  @Test("a byte order mark before `.landerignore` is skipped, and before a script's #! it is named")
  func byteOrderMarks() async throws {
    try b.write("\u{FEFF}*.key\n", to: "dist/.landerignore")
    try b.write("secret", to: "dist/a.key")
    try b.write("\u{FEFF}#!/bin/sh\n", to: "dist/run.sh")
    let built = try await b.build("dist")
    #expect(paths(built) == ["run.sh"])
    #expect(built.warnings.map(\.subject) == ["run.sh"])
    #expect(built.warnings.first?.message.contains("byte order mark") == true)
  }
}
