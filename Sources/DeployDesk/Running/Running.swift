import DeployCore
import DeployEngine
package import DeployModel

/// A running sequence of deployments. The caller installs signal handlers, calls `start`, reads `events` to the end, and then calls `end`.
package final class Running: Sendable {
  /// The events. The stream ends when nothing runs any more.
  package let events: AsyncStream<RunningEvent>
  private let deployments: Deployments
  private let work: Task<RunEnd, any Error>
  private let gate: AsyncStream<Never>.Continuation

  /// The number of entries that an engine might have written to the journal but not reported when it died. One turn of the engine's loop
  /// writes a few entries for each host that it changes.
  private static let repeated = 64

  /// - Parameters:
  ///   - id: the id of the deployment, which a failure's suggested command contains.
  ///   - past: the earlier entries of the journal. They become the first events.
  ///   - staying: how long the engine keeps running at a gate that waits for a person.
  ///   - wantsOutput: whether the events include the output of commands.
  ///   - run: runs the deployments.
  init(
    _ id: Deployment.ID, at desk: Desk, past: [(Deployment.ID, Entry)] = [], staying: Staying = .always, wantsOutput: Bool,
    _ run: @escaping @Sendable (Deployments) async throws -> RunEnd
  ) {
    let (events, sink) = AsyncStream.makeStream(of: RunningEvent.self)
    self.events = events
    for (id, entry) in past.dropLast(Self.repeated) { sink.yield(.recalled(id, entry)) }
    for (id, entry) in past.suffix(Self.repeated) { sink.yield(.repeated(id, entry)) }
    let clock = desk.ports.clock
    desk.watch.listen { sink.yield(.notice($0, at: clock.now())) }
    let feed = Feed(
      entry: { sink.yield(.entry($0, $1)) }, output: { if wantsOutput { sink.yield(.output($1)) } })
    let deployments = Deployments(
      ports: desk.ports, feed: feed, recipes: desk.stage.library, staying: staying, identity: desk.stage.identity)
    self.deployments = deployments
    let (start, gate) = AsyncStream.makeStream(of: Never.self)
    self.gate = gate
    let journal = desk.journal
    work = Task {
      for await _ in start {}
      defer { sink.finish() }
      do { return try await run(deployments) } catch {
        let isUnknown = (try? await journal.entries(of: id).entries.isEmpty) ?? false
        throw isUnknown ? Running.refusal(error) : Running.interruption(error, of: id)
      }
    }
  }

  /// Starts the deployments. Nothing runs before this call.
  package func start() { gate.finish() }

  /// Waits for the end and returns how the deployments ended. Starts the deployments if `start` was not called.
  /// - Throws: the failure that stopped the engine. It suggests the command that resumes the deployment.
  package func end() async throws -> RunEnd {
    start()
    return try await work.value
  }

  /// Cancels the running deployment in an orderly way.
  /// - Returns: the rollback that continues despite the cancellation, or nil if no rollback is running. A rollback is never interrupted,
  ///   because half a rollback is the worst state.
  @discardableResult
  package func cancel(reason: String) async -> Deployment.ID? {
    guard case .goingBack(let id) = await deployments.cancel(reason: reason) else { return nil }
    return id
  }

  /// The running rollback that follows a failed or cancelled deployment, or nil if none is running.
  package var goingBack: Deployment.ID? { get async { await deployments.goingBack } }

  /// Leaves everything as it is and stops the engine. Jobs on hosts continue, and the deployment can be resumed.
  package func detach() async { await deployments.detach() }

  /// Returns the failure of an engine that could not even write its first entry. In that case, there is no deployment to resume.
  private static func refusal(_ error: any Error) -> any Error {
    guard let failure = error as? Failure else { return error }
    let fix = failure.fix?.replacing("`lander resume`", with: "run the same command again")
    return Failure(
      failure.kind, "nothing has begun: \(failure.message)", fix: fix ?? "look at the state folder: its permissions and its room")
  }

  private static func interruption(_ error: any Error, of id: Deployment.ID) -> any Error {
    guard let failure = error as? Failure else { return error }
    let command = "lander resume \(id)"
    let fix = failure.fix.map { $0.contains("`lander resume`") ? $0.replacing("`lander resume`", with: command) : "\($0); then \(command)" }
    return Failure(failure.kind, "the deployment was interrupted: \(failure.message)", fix: fix ?? command)
  }
}
