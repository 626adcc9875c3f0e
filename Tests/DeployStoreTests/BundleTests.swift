import DeployCore
import DeployModel
import DeployStore
import Foundation
import Testing

@Suite("Bundles")
struct BundleTests {
  let b: Bundling
  init() throws { b = try Bundling() }

  private static let names = [
    "a", "b.txt", "with space", "quote'\"", "new\nline", "-dash", "ünï", "e\u{301}", "é", "%41", "tab\t", "back\\slash", "*", "🚀",
    ".hidden", "a.b.c",
    String(repeating: "long", count: 60),
  ]

  /// Makes a tree of unusual names, modes, links and empty folders in `dist`.
  private func plant(seed: UInt64) throws {
    var random = Seeded(seed)
    func fill(_ folder: String, depth: Int) throws {
      for name in Self.names.shuffled(using: &random).prefix(Int.random(in: 1...7, using: &random)) {
        let path = "\(folder)/\(name)"
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3 where depth < 4:
          try FileManager.default.createDirectory(atPath: "\(b.project)/\(path)", withIntermediateDirectories: true)
          let isFilled = Bool.random(using: &random)
          if isFilled { try fill(path, depth: depth + 1) }
          // New folders in a set-gid folder inherit the bit, and tar does not remove it, so only empty folders get the bit.
          let mode = [0o755, 0o700, isFilled ? 0o711 : 0o2775, 0o1777].randomElement(using: &random)
          try FileManager.default.setAttributes([.posixPermissions: mode ?? 0o755], ofItemAtPath: "\(b.project)/\(path)")
        case 3:
          try FileManager.default.createSymbolicLink(atPath: "\(b.project)/\(path)", withDestinationPath: Self.names[0])
        default:
          let count = [0, 1, 511, 512, 513, 3000, 1 << 20, (1 << 20) + 7].randomElement(using: &random) ?? 0
          let byte = UInt8.random(in: 0...255, using: &random)
          try b.write([UInt8](repeating: byte, count: count), to: path)
          let mode = [0o644, 0o755, 0o600, 0o4755, 0o444].randomElement(using: &random)
          try FileManager.default.setAttributes([.posixPermissions: mode ?? 0o644], ofItemAtPath: "\(b.project)/\(path)")
        }
      }
    }
    try FileManager.default.createDirectory(atPath: "\(b.project)/dist", withIntermediateDirectories: true)
    try b.write("x", to: "dist/always")
    try fill("dist", depth: 0)
  }

  private static func read(_ tar: any BundleTar, in stride: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 1, count: tar.size)
    bytes.withUnsafeMutableBytes { all in
      for start in Swift.stride(from: 0, to: tar.size, by: stride) {
        tar.read(from: start, into: UnsafeMutableRawBufferPointer(rebasing: all[start..<min(start + stride, tar.size)]))
      }
    }
    return bytes
  }

  @Test("a tree that is packed and unpacked by tar is the same tree, names, modes, links and empty folders", arguments: 1...12)
  func roundTrip(seed: Int) async throws {
    try plant(seed: UInt64(seed))
    let built = try await b.build()
    let archive = try await b.store.archive(of: built.bundle.digest)
    let tar = try #require(try await b.store.tar(of: built.bundle.digest))
    try b.sh("gzip -dc '\(archive)' >whole.tar")
    let whole = try Data(contentsOf: URL(filePath: "\(b.project)/whole.tar"))
    #expect(tar.size == whole.count && tar.name == "bundle-1-\(built.bundle.digest.hex)")
    for stride in [512, 1000, 1 << 17] { #expect(Self.read(tar, in: stride) == Array(whole), "in pieces of \(stride)") }
    let unpackers = ["tar -xpzf"] + (Shell.has("busybox") ? ["busybox tar -xpzf"] : [])
    // Set-id bits are not delivered, so the source gives them up before the comparison.
    try b.sh("find dist ! -type l -exec chmod ug-s {} +")
    for (number, unpack) in unpackers.enumerated() {
      try b.sh("mkdir out\(number) && cd out\(number) && \(unpack) '\(archive)'")
      let (got, expected) = try (b.picture(of: "\(b.project)/out\(number)"), b.picture(of: "\(b.project)/dist"))
      let lines = Set(got.split(separator: "\n")).symmetricDifference(expected.split(separator: "\n"))
      #expect(got == expected, "\(unpack), seed \(seed): \(lines.sorted())")
    }
  }

  @Test("a tar is described without reading a content, and says which content is damaged when it is verified")
  func damagedTar() async throws {
    try b.write([UInt8](repeating: 7, count: (1 << 20) + 1), to: "dist/large")
    try b.write("small", to: "dist/small")
    let built = try await b.build()
    let sound = try #require(try await b.store.tar(of: built.bundle.digest))
    try sound.verify()
    try b.sh("find .. -type f -path '*/blobs/??/*' -exec truncate -s 5 {} +")
    let tar = try #require(try await b.store.tar(of: built.bundle.digest))
    #expect(tar.size == sound.size && tar.name == sound.name)
    #expect(throws: Failure.self) { try tar.verify() }
  }

  @Test("what is kept with a bundle is pruned with it")
  func kept() async throws {
    try b.write("x", to: "dist/x")
    let digest = try await b.build().bundle.digest
    let place = try #require(b.store.place(of: "form.pack", with: digest))
    try Data([1]).write(to: URL(filePath: place))
    _ = try await b.store.prune(keep: 1, inUse: [])
    #expect(FileManager.default.fileExists(atPath: place))
    _ = try await b.store.prune(keep: 0, inUse: [])
    #expect(!FileManager.default.fileExists(atPath: place))
  }

  @Test("of two large files of the same size, both are stored, and a file that is stored is not stored again")
  func sameSize() async throws {
    try b.write([UInt8](repeating: 1, count: (1 << 20) + 9), to: "dist/a")
    let first = try await b.build()
    try b.write([UInt8](repeating: 2, count: (1 << 20) + 9), to: "dist/b")
    try b.write([UInt8](repeating: 3, count: (1 << 20) + 10), to: "dist/c")
    let second = try await b.build()
    #expect(first.manifest.items[0].digest == second.manifest.items[0].digest)
    #expect(Set(second.manifest.items.map(\.digest)).count == 3)
    #expect(try await b.store.verify().isEmpty)
    #expect(try b.sh("find .. -type f -path '*/blobs/??/*' | wc -l").out.hasPrefix("3"))
  }

  @Test("the manifest comes back from its text, odd names and all", arguments: [3, 7])
  func manifestText(seed: Int) async throws {
    try plant(seed: UInt64(seed))
    let built = try await b.build()
    let read = try Manifest(text: built.manifest.text)
    #expect(read == built.manifest)
    #expect(read.items.map { Array($0.path.utf8) } == built.manifest.items.map { Array($0.path.utf8) })
    #expect(try await b.store.manifest(of: built.bundle.digest) == built.manifest)
  }

  @Test("the same content has the same digest: folder, tar, tar.gz, zip, other times, other order", arguments: [1, 4, 9])
  func sameDigest(seed: Int) async throws {
    try plant(seed: UInt64(seed))
    // Zip tools have trouble only with names that are not UTF-8. All names above are UTF-8.
    let digest = try await b.build().bundle.digest
    try b.sh("tar -C dist -cf app.tar . && tar -C dist -czf app.tgz --sort=name --format=pax . && tar -C dist --format=gnu -cf odd.bin .")
    try b.sh("cd dist && find . -print0 | sort -rz | tar --null --no-recursion -T - -cf ../reverse.tar")
    for archive in ["app.tar", "app.tgz", "odd.bin", "reverse.tar"] {
      #expect(try await b.build(archive).bundle.digest == digest, "\(archive)")
    }
    try b.sh("find dist -exec touch -h -d 2001-01-01 {} +")
    #expect(try await b.build().bundle.digest == digest)
    #expect(try await b.build("\(b.project)/dist").bundle.digest == digest)
  }

  @Test("a zip file has the digest of the folder it was made of", .enabled(if: Shell.has("zip"), "SKIPPED: zip is not here"))
  func zip() async throws {
    try b.sh("mkdir -p dist/empty dist/sub && printf hello > dist/sub/a && : > dist/none && ln -s sub/a dist/link && chmod 755 dist/sub/a")
    try b.sh("head -c 300000 /dev/zero | tr '\\0' x > dist/big && cd dist && zip -qry ../app.zip . && zip -qry -0 ../stored.zip .")
    let digest = try await b.build().bundle.digest
    #expect(try await b.build("app.zip").bundle.digest == digest)
    #expect(try await b.build("stored.zip").bundle.digest == digest)
  }

  @Test("another byte, mode, link or name is another digest")
  func otherDigest() async throws {
    try b.write("a", to: "dist/a")
    try b.sh("ln -s a dist/l")
    var digests = [try await b.build().bundle.digest]
    for line in ["printf b > dist/a", "chmod 755 dist/a", "ln -sfn ./a dist/l", "mv dist/a dist/b && ln -sfn b dist/l", "mkdir dist/d"] {
      try b.sh(line)
      digests.append(try await b.build().bundle.digest)
    }
    #expect(Set(digests).count == digests.count)
  }

  @Test("an archive is made once and the same every time")
  func archive() async throws {
    try plant(seed: 5)
    let built = try await b.build()
    let (store, digest) = (b.store, built.bundle.digest)
    let paths = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { try await store.archive(of: digest) } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(paths.count == 1)
    let path = try #require(paths.first)
    let first = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    _ = try await store.archive(of: digest)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
  }

  @Test("an archive packs what gets smaller, and has the rest as it is, whatever follows what")
  func mixture() async throws {
    try FileManager.default.createDirectory(atPath: "\(b.project)/dist", withIntermediateDirectories: true)
    // Sizes near the block size at which compression is decided, and several times that size.
    for (number, size) in [1_000_000, 131_072, 600_001, 131_071, 70_000, 3_000_000].enumerated() {
      try b.sh("head -c \(size) /dev/urandom >dist/\(number)-random; yes 'a line of text' | head -c \(size) >dist/\(number)-text")
      try b.sh("{ yes | head -c \(size); head -c \(size) /dev/urandom; yes | head -c 10; } >dist/\(number)-both")
    }
    let built = try await b.build()
    let archive = try await b.store.archive(of: built.bundle.digest)
    try b.sh("gzip -t <'\(archive)' && mkdir out && cd out && tar -xpzf '\(archive)'")
    #expect(try b.picture(of: "\(b.project)/out") == b.picture(of: "\(b.project)/dist"))
    let size = try Data(contentsOf: URL(fileURLWithPath: archive)).count
    // 9.86 MB of the input are random, so they cannot be compressed.
    #expect((9_860_000..<11_500_000).contains(size), "\(size)")
  }

  @Test("a build that was killed leaves no bundle; the next one makes it")
  func killedBuild() async throws {
    try b.write("a", to: "dist/a")
    let digest = try await b.build().bundle.digest
    let manifests = "\(b.folder.path)/state/bundles/manifests"
    try FileManager.default.removeItem(atPath: "\(manifests)/\(digest.hex).json")
    #expect(try b.store.list().map(\.bundle.digest) == [digest])
    try FileManager.default.removeItem(atPath: "\(manifests)/\(digest.hex)")
    #expect(try b.store.list().isEmpty)
    #expect(try await b.build().bundle.digest == digest)
    #expect(try b.store.list().count == 1)
  }

  @Test("content that was changed in the store is noticed, put aside, and stored anew by the next build")
  func corrupt() async throws {
    try b.write("abc", to: "dist/a")
    let built = try await b.build()
    let content = try #require(built.manifest.items[0].digest)
    #expect(try await b.store.content(of: content) == Array("abc".utf8))
    try b.sh("for f in ../state/bundles/volumes/*[0-9]; do printf xyz > $f; done")
    #expect(try await b.store.verify().count == 1)
    await #expect(throws: Failure.self) { try await b.store.content(of: content) }
    _ = try await b.build()
    #expect(try await b.store.content(of: content) == Array("abc".utf8))
    #expect(try await b.store.verify().isEmpty)
  }

  @Test("a release's id is of the bundle and the shared paths")
  func release() {
    let bundle = Digest(of: "b")
    let release = DirectoryBundleStore.release(of: bundle, shared: ["log/", "env"])
    #expect(release.id.rawValue == String(Digest(of: bundle.hex + "\nlog/\nenv").hex.prefix(12)))
    #expect(DirectoryBundleStore.release(of: bundle, shared: []).id != release.id)
    #expect(Digest(of: "abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("recipe sources come back under one digest, whatever order they were given in")
  func sources() async throws {
    let files = [SourceFile(path: "b.lua", text: "return 1"), SourceFile(path: "a.lua", text: "-- é\n")]
    let digest = try await b.store.keep(files)
    #expect(try await b.store.keep(files.reversed()) == digest)
    #expect(DirectoryBundleStore.digest(of: files) == digest)
    #expect(try await b.store.sources(digest) == files.reversed())
    await #expect(throws: Failure.self) { try await b.store.sources(Digest(of: "other")) }
  }

  @Test("a bundle that is built again keeps the time of the first")
  func built() async throws {
    try b.write("x", to: "dist/a")
    let before = Date()
    let digest = try await b.build().bundle.digest
    let first = try await b.store.built(digest)
    let after = Date()
    try await Task.sleep(for: .milliseconds(30))
    #expect(try await b.build().bundle.digest == digest)
    #expect(try await b.store.built(digest) == first)
    let seconds = (before.timeIntervalSince1970 - 2)...(after.timeIntervalSince1970 + 2)
    #expect(seconds.contains(Double(first.milliseconds) / 1000))
    await #expect(throws: Failure.self) { try await b.store.built(Digest(hex: "00")) }
  }
}
