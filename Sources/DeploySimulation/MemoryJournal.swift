package import DeployCore
package import DeployModel
import Synchronization

/// A journal in memory, which is gone when the process ends. A test can make it refuse appends.
package final class MemoryJournal: Journal, Sendable {
  private struct Chapter: Sendable {
    var deployment: Deployment.ID
    var entries: [Entry]
  }
  private struct State: Sendable {
    var chapters: [Chapter] = []
    var chunks: [OutputChunk] = []
    var failure: Failure?
    var left: Int?
    var claimed: Set<Deployment.ID> = []
  }
  private let state = Mutex(State())

  /// Makes an empty journal.
  package init() {}

  package func append(_ entries: [Entry], to deployment: Deployment.ID) async throws(Failure) {
    let failure = state.withLock { state -> Failure? in
      if let left = state.left, left <= 0 { return state.failure }
      state.left = state.left.map { $0 - 1 }
      if let index = state.chapters.firstIndex(where: { $0.deployment == deployment }) {
        state.chapters[index].entries += entries
      } else {
        state.chapters.append(Chapter(deployment: deployment, entries: entries))
      }
      return nil
    }
    if let failure { throw failure }
  }

  package func spool(_ chunk: OutputChunk, of deployment: Deployment.ID) async {
    state.withLock { $0.chunks.append(chunk) }
  }

  package func claim(_ deployment: Deployment.ID) -> (any DeploymentClaim)? {
    state.withLock { $0.claimed.insert(deployment).inserted } ? MemoryClaim(deployment: deployment, journal: self) : nil
  }

  /// The deployments that an engine runs now.
  package var claimed: Set<Deployment.ID> { state.withLock { $0.claimed } }

  private struct MemoryClaim: DeploymentClaim {
    let deployment: Deployment.ID
    let journal: MemoryJournal
    func release() { journal.state.withLock { _ = $0.claimed.remove(deployment) } }
  }

  /// Returns the entries of a deployment, in order.
  package func entries(of deployment: Deployment.ID) -> [Entry] {
    state.withLock { state in state.chapters.first { $0.deployment == deployment }?.entries ?? [] }
  }

  /// The deployments, in the order of their first entries.
  package var deployments: [Deployment.ID] { state.withLock { $0.chapters.map(\.deployment) } }

  /// All output that was spooled, in the order in which it arrived.
  package var output: [OutputChunk] { state.withLock { $0.chunks } }

  /// Lets this number of appends succeed, and then refuses all further appends with this failure.
  package func fail(after appends: Int, with failure: Failure) {
    state.withLock { state in
      state.left = appends
      state.failure = failure
    }
  }
}
