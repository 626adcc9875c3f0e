import DeployCore
import DeployModel
import DeployStore
import Foundation
import PlanDrafts
import Testing

/// Starts this test program again, for a part of a test that needs a process of its own.
final class Child {
  let process = Process()
  static let job = ProcessInfo.processInfo.environment["LANDER_STORE_TEST_JOB"]
  static let count = Int(ProcessInfo.processInfo.environment["LANDER_STORE_TEST_COUNT"] ?? "") ?? 0
  static let folder = ProcessInfo.processInfo.environment["LANDER_STORE_TEST_FOLDER"] ?? ""

  init(_ job: String, in folder: String, count: Int = 20, under wrapper: [String] = []) throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    // The child works until it is killed, so it runs with low priority beside the other tests.
    let words = ["nice", "-n", "19"] + wrapper + [own, "--testing-library", "swift-testing", "--filter", "ChildJobs"]
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    var environment = ProcessInfo.processInfo.environment
    environment["LANDER_STORE_TEST_JOB"] = job
    environment["LANDER_STORE_TEST_FOLDER"] = folder
    environment["LANDER_STORE_TEST_COUNT"] = String(count)
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

/// The jobs of child processes. They are disabled in an ordinary run.
@Suite("Jobs of child processes")
struct ChildJobs {
  /// Pauses after many steps, because the killing process may wait long for a turn, and the child must not use up the processor and the
  /// disk.
  fileprivate func slowDown(after many: Int, _ number: Int, to pause: Duration) async throws {
    if number > many { try await Task.sleep(for: pause) }
  }

  @Test("one append after the other, each followed by a mark", .enabled(if: Child.job == "append"))
  func append() async throws {
    let journal = try SQLiteJournal(in: StateDirectory("\(Child.folder)/state"))
    let claim = try #require(try journal.claim("d-1"))
    try await journal.append(Samples.deployment("d-1", count: 1), to: "d-1")
    let marks = open("\(Child.folder)/marks", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    for sequence in 1..<Child.count {
      try await journal.append([Samples.entry(sequence, .noted(.remark("r")))], to: "d-1")
      let mark = "acknowledged \(sequence)\n"
      write(marks, mark, mark.utf8.count)
      try await slowDown(after: 100, sequence, to: .milliseconds(20))
    }
    claim.release()
  }
}

extension ChildJobs {
  @Test("one build after the other, each of other content", .enabled(if: Child.job == "build"))
  func build() async throws {
    let store = try DirectoryBundleStore(in: StateDirectory("\(Child.folder)/state"))
    for number in 0..<Child.count {
      for file in 0..<20 {
        try "build \(number) file \(file)".write(toFile: "\(Child.folder)/dist/\(file)", atomically: false, encoding: .utf8)
      }
      let built = try await store.build(Revision(source: .path("dist")), in: Child.folder, run: Bundling.run)
      _ = try await store.archive(of: built.bundle.digest)
      try await slowDown(after: 20, number, to: .milliseconds(200))
    }
  }
}

@Suite("Several processes, and their end")
struct ProcessTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private var marks: [Substring] {
    (try? String(contentsOfFile: "\(folder.path)/marks", encoding: .utf8))?.split(separator: "\n") ?? []
  }

  @Test("an engine killed while it writes loses nothing that was acknowledged, and its deployment is interrupted")
  func killed() async throws {
    let child = try Child("append", in: folder.path, count: 1_000_000)
    #expect(await eventually { marks.count > 30 || !child.process.isRunning })
    let journal = try SQLiteJournal(in: folder.state())
    #expect(try journal.claim("d-1") == nil)
    #expect(try await journal.deployments()[0].state == .running)
    child.kill()
    let acknowledged = marks.count
    let reading = try await journal.entries(of: "d-1")
    #expect(acknowledged > 30)
    #expect(reading.damage == nil)
    #expect(reading.entries.count >= acknowledged + 1)
    #expect(reading.entries.map(\.sequence) == Array(reading.entries.indices))
    #expect(try await journal.deployments()[0].state == .interrupted)
    let claim = try #require(try journal.claim("d-1"))
    try await journal.append([Samples.entry(reading.entries.count, .resumed(actor: "me"))], to: "d-1")
    claim.release()
  }

  @Test("a builder killed at any moment leaves only whole bundles, and what it left half done is swept up", arguments: 1...3)
  func killedBuilder(round: Int) async throws {
    try folder.write("x", to: "dist/first")
    let state = try folder.state()
    let store = try DirectoryBundleStore(in: state)
    let child = try Child("build", in: folder.path, count: 1_000_000)
    #expect(try await eventually { try store.list().count > 5 * round || !child.process.isRunning })
    child.kill()
    let left = try store.list()
    #expect(left.count > 5)
    #expect(try await store.verify().isEmpty)
    for stored in left.prefix(3) {
      let archive = try await store.archive(of: stored.bundle.digest)
      #expect(try Shell.run("tar -tzf '\(archive)' | wc -l").out.contains("21"))
    }
    _ = try await store.prune(keep: left.count, inUse: [])
    #expect(try Shell.run("find '\(state.bundles)' -name '*.tmp'").out == "")
  }

  @Test("a claim is given once, in this process too, until it is given back")
  func claims() throws {
    let journal = try SQLiteJournal(in: folder.state())
    let other = try SQLiteJournal(in: folder.state())
    let claim = try #require(try journal.claim("d-1"))
    #expect(try other.claim("d-1") == nil)
    #expect(try other.claim("d-2") != nil)
    claim.release()
    #expect(try other.claim("d-1") != nil)
  }

  @Test(
    "the disk is told to sync before each append returns",
    .enabled(
      if: (try? Shell.run("strace -o /dev/null true").status) == 0, "SKIPPED: strace is not here or may not trace: durability is not shown")
  )
  func syncs() async throws {
    let trace = "\(folder.path)/trace"
    let strace = try Shell.run("command -v strace").out.split(separator: "\n")[0]
    let child = try Child(
      "append", in: folder.path, under: [String(strace), "-f", "-e", "trace=fsync,fdatasync,write", "-o", trace])
    child.process.waitUntilExit()
    var synced = 0
    var acknowledged = 0
    for line in try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n") {
      if line.contains("fdatasync(") || line.contains("fsync(") { synced += 1 }
      guard line.contains("\"acknowledged ") else { continue }
      #expect(synced > 0, "no sync before: \(line)")
      acknowledged += 1
      synced = 0
    }
    #expect(acknowledged == 19)
  }
}
