import DeployModel
import DeployStore
import Foundation
import PlanDrafts
import Testing

@Suite("What the journal takes", .serialized)
struct JournalBenchmark {
  #if DEBUG
    let count = 4_000
  #else
    let count = 100_000
  #endif

  @Test("entries by the thousand: times are printed, the content is checked")
  func entries() async throws {
    let folder = try TemporaryFolder()
    let journal = try SQLiteJournal(in: folder.state())
    let clock = ContinuousClock()
    let whole = (1..<count).map(Self.entry)
    let before = processorSeconds()
    var bytes = 0
    for entry in whole { bytes += try CompactJSON.encode(entry).count }
    print("journal: \(count) entries coded in \(processorSeconds() - before) s of processor time, \(bytes) bytes")
    let foundation = processorSeconds()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for entry in whole.prefix(count / 10) { bytes += try encoder.encode(entry).count }
    print("journal: \(count / 10) of them coded by Foundation in \(processorSeconds() - foundation) s of processor time")
    try await journal.append([Samples.entry(0, .planned(Samples.plan("d-1", hosts: 1000)))], to: "d-1")
    let writing = processorSeconds()
    let written = try await clock.measure {
      for start in stride(from: 1, to: count, by: 1000) {
        try await journal.append((start..<min(count, start + 1000)).map(Self.entry), to: "d-1")
      }
    }
    let afterWriting = processorSeconds()
    var reading: JournalReading?
    let read = try await clock.measure { reading = try await journal.entries(of: "d-1") }
    let afterReading = processorSeconds()
    print("journal: processor time: written \(afterWriting - writing), read \(afterReading - afterWriting)")
    let verified = try await clock.measure { _ = try await journal.verify() }
    let single = try await clock.measure {
      for sequence in count..<count + 100 { try await journal.append([Self.entry(sequence)], to: "d-1") }
    }
    print("journal: \(count) entries written in \(written), read in \(read), verified in \(verified); 100 single appends in \(single)")
    #expect(reading?.entries.count == count)
    #expect(reading?.entries.last == Self.entry(count - 1))
  }

  /// Returns the processor time of this process in seconds, which the load of other processes does not change.
  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Returns alternately an intent and its outcome, as in a deployment.
  private static func entry(_ sequence: Int) -> Entry {
    guard sequence % 2 == 0 else {
      let intent = Intent(
        id: sequence, place: .host(sequence % 1000), operation: .run(Command(.shell("systemctl restart shop"))), timeout: .minutes(10),
        site: .init(event: .applicationStart, stage: "rollout", release: "0123456789ab", previous: "ba9876543210"))
      return Samples.entry(sequence, .intended(intent))
    }
    let outcome = Outcome(status: 0, stdout: Captured(text: "restarted\n", digest: Samples.digest), duration: .seconds(1))
    return Samples.entry(sequence, .happened(.finished(intent: sequence - 1, outcome)))
  }
}
