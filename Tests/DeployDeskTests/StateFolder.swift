import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation
import Foundation

@testable import DeployDesk

/// Another state folder for the same project and hosts, with its own journal and bundles.
struct StateFolder {
  let desk: Desk
  let journal: PastMemory
  let shelf: MemoryShelf

  /// - Parameter files: the files of the project in this folder; nil: the files of the bench.
  init(_ name: String, on bench: Bench, files: BenchFiles? = nil) {
    let (journal, shelf) = (PastMemory(), MemoryShelf())
    (self.journal, self.shelf) = (journal, shelf)
    let files = files ?? bench.files
    let ports = Ports(
      transport: bench.transport.another(), machine: bench.desk.ports.machine, bundles: shelf, journal: journal,
      clock: bench.clock, actor: "\(name)@\(name)", mailboxes: [bench.messages], copies: MemoryCopies(journal: journal, shelf: shelf))
    desk = Desk(
      ports: ports, journal: journal, shelf: shelf, builder: BenchBuilder(files: files, shelf: shelf), reviewer: NoReview(),
      watch: BenchWatch(), secrets: BenchSecrets(), engines: bench.engines, messages: bench.messages, hosts: bench.inboxes,
      stage: bench.desk.stage, machine: name, tell: { _ in })
  }
}

/// Copies of a journal in memory, as JSON without compression.
struct MemoryCopies: JournalCopies {
  let journal: PastMemory
  let shelf: MemoryShelf

  func copy(of deployment: Deployment.ID) async throws(Failure) -> JournalCopy {
    let entries = await journal.entries(of: deployment).entries
    guard case .planned(let plan)? = entries.first?.fact else { throw Failure(.store, "no plan") }
    var sources: [[SourceFile]] = []
    for recipe in plan.content.recipes { sources.append(try await shelf.sources(recipe.sources)) }
    do {
      let bytes = Array(try JSONEncoder().encode(CopiedJournal(entries: entries, sources: sources)))
      return JournalCopy(bytes: bytes, digest: MemoryShelf.digest(of: bytes))
    } catch { throw Failure(.internal, "\(error)") }
  }

  func read(_ bytes: [UInt8]) throws(Failure) -> CopiedJournal {
    do {
      var copy = try JSONDecoder().decode(CopiedJournal.self, from: Data(bytes))
      copy.digest = MemoryShelf.digest(of: bytes)
      return copy
    } catch { throw Failure(.corrupt, "\(error)") }
  }
}
