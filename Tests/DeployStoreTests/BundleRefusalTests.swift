import DeployModel
import DeployStore
import Foundation
import Testing

/// Makes archives that no honest tool would make.
enum Evil {
  static func header(_ name: String, type: Unicode.Scalar = "0", size: Int = 0, link: String = "") -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ at: Int) { for (offset, byte) in text.utf8.enumerated() { block[at + offset] = byte } }
    put(name, 0)
    put("0000644", 100)
    put("0000000", 108)
    put("0000000", 116)
    let digits = String(size, radix: 8)
    put(String(repeating: "0", count: 11 - digits.count) + digits, 124)
    put("00000000000", 136)
    put("        ", 148)
    block[156] = UInt8(ascii: type)
    put(link, 157)
    put("ustar\u{0}00", 257)
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ", 148)
    return block
  }

  static func file(_ name: String, _ content: String = "x") -> [UInt8] {
    header(name, size: content.utf8.count) + Array(content.utf8) + [UInt8](repeating: 0, count: (512 - content.utf8.count % 512) % 512)
  }

  static let end = [UInt8](repeating: 0, count: 1024)
}

@Suite("What a bundle refuses")
struct BundleRefusalTests {
  let b: Bundling
  init() throws { b = try Bundling(limits: BundleLimits(items: 50, bytes: 1 << 20, file: 1 << 19, ratio: 100, ratioFrom: 1 << 16)) }

  private func problems(tar entries: [[UInt8]]) async throws -> [Problem] {
    try b.write(Evil.file("good") + entries.flatMap(\.self) + Evil.end, to: "evil.tar")
    return await b.problems("evil.tar")
  }

  @Test(
    "an entry that would leave the release, or be no file there, is refused by name",
    arguments: [
      ([Evil.file("../evil")], "../evil", "`..`"), ([Evil.file("a/../../evil")], "a/../../evil", "`..`"),
      ([Evil.file("/etc/passwd")], "/etc/passwd", "absolute"), ([Evil.file("a"), Evil.file("./a")], "a", "two entries"),
      ([Evil.file("a"), Evil.header("a", type: "5")], "a", "two entries"),
      ([Evil.header("dev", type: "3")], "dev", "device node"), ([Evil.header("dev", type: "4")], "dev", "device node"),
      ([Evil.header("pipe", type: "6")], "pipe", "named pipe"), ([Evil.header("l", type: "2", link: "/etc")], "l", "absolute link"),
      ([Evil.header("l", type: "2", link: "../x")], "l", "leads out"),
      ([Evil.header("d/l", type: "2", link: "../../x")], "d/l", "leads out"),
      ([Evil.header("h", type: "1", link: "nothing")], "h", "hard link"),
      ([Evil.header("h", type: "1", link: "/etc/shadow")], "/etc/shadow", "absolute"),
      ([Evil.header("l", type: "2", link: "good"), Evil.file("l/under")], "l/under", "lies below"),
      ([Evil.file("good/under")], "good/under", "lies below"),
      ([Evil.header("l", type: "2", link: "")], "l", "nothing"), ([Evil.header("odd", type: "Z")], "odd", "unknown type"),
      (
        [
          Evil.header("a", type: "5"), Evil.header("a/b", type: "5"), Evil.header("up", type: "2", link: "a/b/c"),
          Evil.header("a/b/c", type: "2", link: "../.."),
          Evil.header("out", type: "2", link: "up/../x"),
        ], "out", "leads out"
      ),
    ] as [([[UInt8]], String, String)])
  func tar(entries: [[UInt8]], name: String, words: String) async throws {
    let problems = try await problems(tar: entries)
    #expect(problems.map(\.subject) == [name])
    #expect(problems.first?.message.contains(words) == true, "\(problems)")
    #expect(try b.store.list().isEmpty)
  }

  @Test("links within the bundle, circles and links to nothing yet are no reason to refuse")
  func goodLinks() async throws {
    let entries = [
      Evil.header("d/up", type: "2", link: "../good"), Evil.header("a", type: "2", link: "b"), Evil.header("b", type: "2", link: "a"),
      Evil.header("later", type: "2", link: "shared/env"), Evil.header("d/self", type: "2", link: "."),
    ]
    #expect(try await problems(tar: entries).isEmpty)
  }

  @Test("all that is wrong is said at once")
  func atOnce() async throws {
    let problems = try await problems(tar: [
      Evil.file("../a"), Evil.file("/b"), Evil.header("p", type: "6"), Evil.header("l", type: "2", link: "/x"),
    ])
    #expect(problems.map(\.subject) == ["../a", "/b", "p", "l"])
  }

  @Test("a pax header cannot smuggle a name in")
  func pax() async throws {
    let record = "18 path=../evil12\n"
    let entry =
      Evil.header("pax", type: "x", size: record.utf8.count) + Array(record.utf8) + [UInt8](repeating: 0, count: 512 - record.utf8.count)
    #expect(try await problems(tar: [entry, Evil.file("harmless")]).map(\.subject) == ["../evil12"])
    let long = "../long"
    let gnu =
      Evil.header("././@LongLink", type: "L", size: long.utf8.count) + Array(long.utf8)
      + [UInt8](repeating: 0, count: 512 - long.utf8.count)
    #expect(try await problems(tar: [gnu, Evil.file("harmless")]).map(\.subject) == ["../long"])
  }

  @Test("an archive that is cut off anywhere is refused, never half taken")
  func cutOff() async throws {
    let whole = Evil.file("a", String(repeating: "y", count: 700)) + Evil.file("b")
    for count in stride(from: 100, to: whole.count - 512, by: 300) where count % 512 != 0 {
      try b.write(Array(whole.prefix(count)), to: "cut.tar")
      #expect(await !b.problems("cut.tar").isEmpty, "\(count) bytes")
    }
    try b.write(whole + Evil.end, to: "whole.tar")
    try b.sh("gzip -k whole.tar && head -c 60 whole.tar.gz > cut.tgz && tail -c 200 /proc/self/exe | cat whole.tar.gz - > trailing.tgz")
    #expect(await b.problems("cut.tgz").first?.message.contains("ends in the middle") == true)
    #expect(await b.problems("trailing.tgz").count <= 1)
  }

  @Test("bombs are refused: too many entries, too many bytes, one too large, too well packed")
  func bombs() async throws {
    let many = try await problems(tar: (0..<80).map { Evil.file("f\($0)") })
    #expect(many.first?.message.contains("more than 50") == true)
    #expect(many.count == 1)
    let large = try await problems(tar: [Evil.header("large", size: 1 << 33 - 1)])
    #expect(large.first?.message.contains("one file") == true)
    try b.sh("mkdir bomb && head -c 20000000 /dev/zero > bomb/zeros && tar -C bomb -czf bomb.tgz . && rm -r bomb")
    #expect(await b.problems("bomb.tgz").first?.message.contains("one file") == true)
    let wide = try Bundling(limits: BundleLimits(ratio: 100, ratioFrom: 1 << 16))
    try wide.sh("mkdir bomb && head -c 20000000 /dev/zero > bomb/zeros && tar -C bomb -czf bomb.tgz .")
    #expect(await wide.problems("bomb.tgz").first?.message.contains("bomb") == true)
    try b.sh("mkdir -p dist && for i in 1 2 3; do head -c 500000 /dev/zero > dist/$i; done")
    #expect(await b.problems().first?.message.contains("more than 1048576 bytes") == true)
  }

  @Test("a folder that is larger than a bundle may be is refused before anything of it is copied, with the limit")
  func largeFolder() async throws {
    try b.sh("mkdir -p wide/a wide/b && for i in $(seq 30); do echo $i > wide/a/$i; echo x$i > wide/b/$i; done")
    let found = await b.problems("wide")
    #expect(
      found.map(\.message) == ["the folder has more than 50 files, folders and links, which is the most that a bundle may have"], "\(found)"
    )
    #expect(found.first?.fix?.contains(".landerignore") == true)
    #expect(try b.sh("find \(b.folder.path) -path '*bundles*' -type f -size +0 | grep -c . || :").out == "0\n")
    try b.write("b/\n", to: ".landerignore")
    #expect(await b.problems("wide").isEmpty, "what is left out does not count")
  }

  @Test("the whole file system and folders of the system are never packed, whatever leads there")
  func system() async throws {
    try b.sh("ln -s / whole && ln -s /usr/lib libraries && ln -s /proc/self processes")
    let places = [
      ("/", "/ is the whole"), ("whole", "/ is the whole"), (String(repeating: "../", count: 40), "/ is the whole"),
      ("libraries", "/usr/lib is a folder"), ("/etc", "/etc is a folder"), ("processes", "is a folder of this machine's system"),
    ]
    for (path, words) in places {
      let found = await b.problems(path)
      #expect(found.count == 1 && found[0].message.contains(words), "\(path): \(found)")
    }
  }

  @Test(
    "a zip that deceives is refused: escaping names, shared bytes, wrong sums", .enabled(if: Shell.has("zip"), "SKIPPED: zip is not here"))
  func zip() async throws {
    try b.sh("mkdir -p in && printf aaaaaaaaaa > in/AAAAAAA && printf bbb > in/b && cd in && zip -qr0 ../good.zip .")
    let good = Array(try Data(contentsOf: URL(fileURLWithPath: "\(b.project)/good.zip")))
    func changed(_ from: String, _ to: String) throws -> [UInt8] {
      var text = good
      let (old, new) = (Array(from.utf8), Array(to.utf8))
      for at in 0...(text.count - old.count) where Array(text[at..<(at + old.count)]) == old {
        text.replaceSubrange(at..<(at + old.count), with: new)
      }
      return text
    }
    #expect(await b.problems("good.zip").isEmpty)
    try b.write(changed("AAAAAAA", "../../x"), to: "evil.zip")
    #expect(await b.problems("evil.zip").map(\.subject) == ["../../x"])
    try b.write(changed("aaaaaaaaaa", "aaaaaaaaab"), to: "evil.zip")
    #expect(await b.problems("evil.zip").first?.message.contains("damaged") == true)
    for count in stride(from: 10, to: good.count, by: 37) {
      try b.write(Array(good.prefix(count)), to: "evil.zip")
      #expect(await !b.problems("evil.zip").isEmpty, "\(count) bytes")
    }
    var random = Seeded(11)
    for _ in 0..<150 {
      var bytes = good
      for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
      try b.write(bytes, to: "evil.zip")
      _ = await b.problems("evil.zip")
    }
  }

  @Test("a tar changed at random is packed or refused, never a crash, and nothing appears outside of the store")
  func fuzz() async throws {
    try b.sh("mkdir -p in/sub && printf hello > in/sub/a && ln -s a in/sub/l && touch 'in/$(printf %0150d 7)' in/$(printf %0120d 7)")
    try b.sh("tar -C in --format=pax -cf good.tar . && tar -C in --format=gnu -cf gnu.tar . && gzip -k good.tar")
    var random = Seeded(5)
    for name in ["good.tar", "gnu.tar", "good.tar.gz"] {
      let good = Array(try Data(contentsOf: URL(fileURLWithPath: "\(b.project)/\(name)")))
      for _ in 0..<100 {
        var bytes = good
        for _ in 0..<4 { bytes[Int.random(in: 0..<min(bytes.count, 9000), using: &random)] = UInt8.random(in: 0...255, using: &random) }
        try b.write(bytes, to: "evil")
        _ = await b.problems("evil")
      }
    }
    #expect(try Shell.run("ls '\(b.folder.path)'").out == "project\nstate\n")
  }

  @Test("what lies in a folder and is no file, folder or link is refused by name")
  func specials() async throws {
    try b.sh("mkdir -p dist && mkfifo dist/pipe && ln -s /etc/passwd dist/abs && ln -s ../.. dist/out && printf x > dist/ok")
    try b.sh("printf x > \"dist/$(printf 'bad\\377')\"")
    let problems = await b.problems()
    #expect(problems.compactMap(\.subject).sorted() == ["abs", "bad\\xff", "out", "pipe"])
  }

  @Test("a file that cannot be read is named with the command that helps", .enabled(if: geteuid() != 0, "SKIPPED: root reads everything"))
  func unreadable() async throws {
    try b.write("x", to: "dist/secret", mode: 0)
    let problems = await b.problems()
    #expect(problems.map(\.subject) == ["secret"])
    #expect(problems[0].fix?.contains("chmod") == true)
  }

  @Test("a missing source is refused with a near match, or with what makes it")
  func missing() async throws {
    try b.write("x", to: "dist/a")
    #expect(await b.problems("dits").first?.fix == "did you mean \"dist\"?")
    #expect(await b.problems("build/output").first?.fix?.contains("build =") == true)
  }

  @Test("an empty source is refused")
  func empty() async throws {
    try b.sh("mkdir -p dist/only/folders && : > empty.tar && tar -cf none.tar -T /dev/null && echo text > file.txt")
    #expect(await b.problems().first?.message.contains("empty") == true)
    #expect(await b.problems("none.tar").first?.message.contains("empty") == true)
    #expect(await b.problems("empty.tar").first?.message.contains("empty") == true)
    #expect(await b.problems("file.txt").first?.message.contains("neither tar") == true)
    try b.sh("tar -cJf app.tar.xz file.txt || printf '\\3757zXZ\\0' > app.tar.xz")
    #expect(await b.problems("app.tar.xz").first?.message.contains("xz") == true)
  }

  @Test("a problem knows the line of the recipe that named the bundle")
  func place() async throws {
    let revision = Revision(source: .path("nowhere"), place: SourcePlace(file: "deploy.lua", line: 4))
    let problems = try await #require(throws: Problems.self) { try await b.store.build(revision, in: b.project, run: Bundling.run) }
    #expect(problems.list[0].place?.description == "deploy.lua:4")
  }
}
