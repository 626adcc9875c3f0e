import DeployCore
import DeployDesk
import DeployModel
import DeployStore

extension SQLiteJournal: PastJournal {
  nonisolated func output(
    of deployment: Deployment.ID, place: Place, intent: Int, stream: OutputChunk.Stream, from offset: Int, limit: Int
  ) throws(Failure) -> [UInt8] {
    try output.output(of: deployment, place: place, intent: intent, stream: stream, from: offset, limit: limit)
  }
}

extension StateMailbox: MessageSender {}

extension DirectoryBundleStore: BundleShelf {
  func release(of bundle: Digest, shared: [String]) -> Release { Self.release(of: bundle, shared: shared) }
}

/// Builds revisions on this machine, and puts them into the store.
struct MachineBuilder: BundleBuilder {
  let store: DirectoryBundleStore
  let machine: any EngineMachine

  func build(
    _ revision: Revision, in project: String, output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Problems) -> BuiltBundle {
    try await store.build(revision, in: project, run: Programs.runner(on: machine, output: output))
  }
}
