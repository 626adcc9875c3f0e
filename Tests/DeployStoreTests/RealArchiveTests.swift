import DeployModel
import DeployStore
import Foundation
import Testing

@Suite("Archives as the world makes them")
struct RealArchiveTests {
  let b: Bundling
  init() throws { b = try Bundling() }

  private func zip(_ entries: [ZipMaker.Entry]) async throws -> BuiltBundle {
    try b.write(ZipMaker(entries: entries).bytes, to: "app.zip")
    return try await b.build("app.zip")
  }

  @Test("backslashes of a zip from Windows are slashes, and that is said; with a slash in the name they are letters, as for unzip")
  func backslashes() async throws {
    let built = try await zip([
      .init(name: "app\\index.html", system: 0), .init(name: "empty\\", content: "", system: 0), .init(name: "dir/a\\b", system: 0),
    ])
    #expect(built.manifest.items.map(\.path) == ["app", "app/index.html", "dir", "dir/a\\b", "empty"])
    #expect(built.manifest.items.map(\.kind) == [.directory, .file, .directory, .file, .directory])
    #expect(built.warnings.map(\.subject) == ["app\\index.html", "dir/a\\b"])
    #expect(built.warnings.first?.message.contains("read as slashes") == true)
    if Shell.has("unzip") {
      try b.sh("mkdir out && { unzip -qo app.zip -d out || [ $? = 1 ]; }")
      #expect(try b.sh("cd out && find . -type f | sort").out == "./app/index.html\n./dir/a\\b\n")
    }
  }

  @Test("a backslash in a zip from Unix or OS X is a letter of a name, and nothing is said")
  func letters() async throws {
    let built = try await zip([.init(name: "a\\b", system: 3), .init(name: "c\\d", system: 19)])
    #expect(built.manifest.items.map(\.path) == ["a\\b", "c\\d"] && built.warnings.isEmpty)
  }

  @Test("names with backslashes that leave the release or come twice are refused")
  func escapes() async throws {
    for name in ["..\\x", "\\x", "a\\..\\..\\x"] {
      try b.write(ZipMaker(entries: [.init(name: name, system: 0)]).bytes, to: "evil.zip")
      #expect(await b.problems("evil.zip").count == 1, "\(name)")
    }
    try b.write(ZipMaker(entries: [.init(name: "a\\x", system: 0), .init(name: "a/x")]).bytes, to: "evil.zip")
    #expect(await b.problems("evil.zip").first?.message.contains("two entries") == true)
  }

  @Test("a zip that was made on OS X keeps its modes")
  func modes() async throws {
    let built = try await zip([.init(name: "run", system: 19, mode: 0o100755), .init(name: "win", system: 0, mode: 0o100755)])
    #expect(built.manifest.items.map(\.mode) == [0o755, 0o644])
  }

  @Test("a zip whose list and contents have different names is refused")
  func localNames() async throws {
    for local in ["bad", "goo", "good\0", ""] {
      try b.write(ZipMaker(entries: [.init(name: "first"), .init(name: "good", local: local)]).bytes, to: "evil.zip")
      #expect(await b.problems("evil.zip").first?.message.contains("its list has good") == true, "\(local)")
    }
  }

  @Test("a zip64 list beyond the end of the file is a damaged archive", arguments: [UInt64(1) << 62, .max, 1 << 63, 5000])
  func zip64(offset: UInt64) async throws {
    try b.write(ZipMaker(entries: [.init(name: "a")], zip64: offset).bytes, to: "evil.zip")
    await #expect(throws: Problems.self) { _ = try await b.build("evil.zip") }
    do throws(Problems) { _ = try await b.build("evil.zip") } catch { #expect(error.exit == .usage, "\(error)") }
  }

  @Test("a file that announces itself and cannot be read is a mistake of whoever named it", .enabled(if: Disks.hasMemory))
  func unreadable() async throws {
    do throws(Problems) {
      _ = try await b.build("/proc/self/mem")
      Issue.record("built")
    } catch { #expect(error.exit == .usage, "\(error)") }
  }

  @Test(
    "a pax size that no file has is damage, also of an entry that is skipped",
    arguments: ["9223372036854775807", "9223372036854775806", "1152921504606846976", "-1", "x", "99999999999999999999"],
    [".git", "a", "../b"])
  func paxSize(size: String, name: String) async throws {
    let record = { (length: Int) in "\(length) size=\(size)\n" }
    let length = (1...40).first { record($0).utf8.count == $0 } ?? 0
    let pax = Evil.header("pax", type: "x", size: length) + Evil.padded(record(length))
    try b.write(Evil.file("good") + pax + Evil.header(name) + Evil.end, to: "evil.tar")
    #expect(await b.problems("evil.tar").contains { $0.message.contains("the tar archive is damaged: a size of \(size) bytes") })
  }

  @Test("what is wrong with a file is said once, and not again of its other names")
  func sparse() async throws {
    try b.write(
      Evil.header("s", type: "S") + Evil.header("t", type: "1", link: "s") + Evil.header("u", type: "1", link: "t") + Evil.end,
      to: "evil.tar")
    #expect(await b.problems("evil.tar").map(\.subject) == ["s"])
  }

  @Test("a list of things to leave out with many ** is read in a moment, and means what it did")
  func manyStars() async throws {
    try b.write("x", to: "dist/" + String(repeating: "a/", count: 60) + "b")
    try b.write("x", to: "dist/keep/inside")
    let clock = ContinuousClock()
    var built: BuiltBundle?
    let took = try await clock.measure {
      built = try await b.build(ignore: [String(repeating: "**/a/", count: 30) + "**/c", "keep/**", "!keep/inside"])
    }
    #expect(took < .seconds(20))
    #expect(built?.manifest.items.map(\.path).suffix(2) == ["keep", "keep/inside"])
  }

  @Test("a .landerignore that is a named pipe is refused instead of waited for")
  func ignorePipe() async throws {
    try b.write("x", to: "dist/a")
    try b.sh("mkfifo dist/.landerignore")
    #expect(await b.problems().first?.message.contains("is no regular file") == true)
  }
}

enum Disks {
  static let hasMemory = FileManager.default.fileExists(atPath: "/proc/self/mem")
}

extension Evil {
  /// Returns a content that is padded to whole blocks.
  static func padded(_ text: String) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: (512 - text.utf8.count % 512) % 512)
  }
}
