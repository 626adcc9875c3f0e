import Foundation
import Testing

/// Reads thousands of unlikely inputs. Each kind is read in a process of its own, so that this test notices when a signal ends the process.
///
/// A failure names the seed and the file with the input as hexadecimal digits. `InputFuzz KIND SEED 1` reads that input again.
/// `LANDER_SEED` sets the first seed, and `LANDER_TESTS=full` reads ten times as many inputs.
@Suite("No input ends the program by a signal", .serialized)
struct FuzzTests {
  private static var environment: [String: String] { ProcessInfo.processInfo.environment }
  private static let count = environment["LANDER_TESTS"] == "full" ? 2000 : 200
  private static let seed = environment["LANDER_SEED"].flatMap { UInt64($0) } ?? 1

  @Test(
    "parameters, appspec files, archives, journals and answers of hosts that make no sense are refused or read, and end nothing",
    arguments: ["parameters", "appspec", "archives", "journals", "answers"])
  func kinds(kind: String) throws {
    let all = try FuzzRun(kind, seed: Self.seed, count: Self.count)
    if all.isGood { return }
    // Several inputs may have been read at once, so each of the last ones is read alone.
    let last = all.seeds.suffix(8)
    let bad = try last.map { try FuzzRun(kind, seed: $0, count: 1) }.first { !$0.isGood }
    let (blamed, how) = (bad?.seeds.last ?? last.last ?? Self.seed, bad ?? all)
    let file = FileManager.default.temporaryDirectory.appending(path: "lander-input-\(kind)-\(blamed).hex")
    try FuzzRun.input(kind, blamed).write(to: file)
    Issue.record("\(kind), seed \(blamed): \(how.end)\nthe input is kept in \(file.path)\n\(how.complaint)")
  }

  @Test("the same seed is the same input, in every process", arguments: ["parameters", "appspec", "archives", "journals", "answers"])
  func deterministic(kind: String) throws {
    for seed in [UInt64(3), 7, 12] {
      let input = try FuzzRun.input(kind, seed)
      #expect(try !input.isEmpty && input == FuzzRun.input(kind, seed), "seed \(seed)")
    }
  }

  @Test("an end by a signal, and one that does not come, are seen")
  func noticed() throws {
    #expect(try FuzzRun(words: ["sh", "-c", "echo 5; kill -ILL $$"], patience: 10).end == "it was ended by signal 4")
    #expect(try FuzzRun(words: ["sh", "-c", "echo 5; exec sleep 100"], patience: 1).end == "it did not end within 1 s")
    #expect(try FuzzRun(words: ["sh", "-c", "echo 5; echo done"], patience: 10).isGood)
  }
}
