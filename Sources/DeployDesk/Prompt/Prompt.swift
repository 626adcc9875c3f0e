package import DeployCore
package import DeployModel
import Synchronization

/// Runs lines of Lua that a person types, one after the other, in the same way as hooks. Operations that a line requests are performed
/// immediately. As in a deployment, each operation happens at most once and has a time limit. Unlike a deployment, the prompt acquires no
/// lock and writes no journal. Cancelling the task ends the line.
package actor Prompt {
  private let ground: PromptGround
  private let scripts: any PromptScripts
  private let tell: @Sendable (PromptEvent) -> Void
  private var lastScript = 0
  private var lastIntent = 0

  /// Creates a prompt with simulated hosts.
  /// - Parameter tell: receives each event, from any task.
  /// - Throws: an error that says what is wrong with the sources.
  package init(
    simulating selection: Selection, of project: LoadedProject, stage: RehearsalStage, tell: @escaping @Sendable (PromptEvent) -> Void
  ) throws(Problems) {
    ground = try PromptGround(simulating: selection, by: stage.identity())
    scripts = try stage.library.prompt(ground.plan, sources: project.project.sources)
    self.tell = tell
  }

  /// Creates a prompt with real hosts.
  /// - Throws: an error that says what is wrong with the sources, or which hosts are unreachable.
  package init(
    reaching selection: Selection, of project: LoadedProject, at desk: Desk, tell: @escaping @Sendable (PromptEvent) -> Void
  ) async throws(Problems) {
    ground = try await PromptGround(reaching: selection, by: desk.stage.identity(), at: desk)
    scripts = try desk.stage.library.prompt(ground.plan, sources: project.project.sources)
    self.tell = tell
    do { try await ground.begin() } catch { throw Problems(error.problem(), exit: .infrastructure) }
  }

  /// The names of the hosts, in order.
  package nonisolated var hosts: [String] { ground.plan.hosts.map(\.host.name) }

  /// Closes the prompt. It cannot run anything afterwards.
  package func close() async { await ground.end() }

  /// Runs one or more lines, and waits until they have ended.
  package func run(_ text: String) async -> PromptAnswer {
    guard text.utf8.count <= SourceFile.mostBytes else {
      let failure = Failure(.invalid, "a statement has at most \(SourceFile.mostBytes) bytes, and this one has \(text.utf8.count)")
      return .failed(ScriptError(failure))
    }
    switch await drive(begin([("text", .text(text))])) {
    case .raised(let error): return .failed(error)
    case .returned(let value):
      if value["unfinished"]?.bool == true { return .unfinished }
      return .values(value["values"]?.list?.compactMap(\.text) ?? [])
    }
  }

  /// Returns names that begin with this prefix, sorted, at most 200.
  package func words(_ prefix: String) async -> [String] {
    guard case .returned(let value) = await drive(begin([("words", .text(prefix))])) else { return [] }
    return value["words"]?.list?.compactMap(\.text) ?? []
  }

  // MARK: scripts

  private func begin(_ request: [(String, Value)]) -> ScriptID {
    lastScript += 1
    scripts.start(lastScript, request: .record(of: request))
    return lastScript
  }

  /// Runs a script, and waits until it has ended. After a cancellation, the script is allowed to clean up with further operations. The time
  /// limit for this is the same as in deployments.
  private func drive(_ id: ScriptID) async -> ScriptResult {
    var answer = Answer.begin
    var (requests, ending): (Int, ContinuousClock.Instant?) = (0, nil)
    let cancelled = Failure(.cancelled, "the line was interrupted")
    while true {
      if Task.isCancelled, ending == nil { (ending, answer) = (.now, .cancel(cancelled)) }
      let step = scripts.step(id, answer)
      for line in step.log { tell(.log(line)) }
      guard case .asked(let request) = step.next else {
        if case .ended(let result) = step.next { return result }
        return .raised(ScriptError(cancelled))
      }
      requests += 1
      let isLate = ending.map { ContinuousClock.now - $0 > .seconds(Deadlines.grace.milliseconds / 1000) } ?? false
      if requests > Self.mostRequests || isLate {
        scripts.kill(id)
        if ending != nil { return .raised(ScriptError(cancelled)) }
        let often = "the line asked \(Self.mostRequests) times for something, and did not come to an end"
        return .raised(ScriptError(Failure(.failed, often, fix: "look for a loop without an end around what waits")))
      }
      answer = ending == nil ? await self.answer(request) : await Task { await self.answer(request) }.value
    }
  }
  /// The largest number of requests that one line can make. Functions of a deployment have the same limit.
  private static let mostRequests = 100_000

  private func answer(_ request: Request) async -> Answer {
    switch request {
    case .perform(let place, let operation, let timeout): return .outcome(await perform(place, operation, timeout))
    case .sleep(let interval):
      await ground.sleep(interval)
      return .slept
    case .spawn(let bodies, let limit, let keepGoing): return .results(await gather(bodies, limit, keepGoing))
    case .within(let interval, let body): return .results([await within(interval, body)])
    case .decide:
      return .refused(
        Failure(.invalid, "there is no rollout in a prompt, so there is nothing to decide", fix: "lander rehearse plays a strategy"))
    }
  }

  private func child(_ body: Body) async -> ScriptResult {
    lastScript += 1
    let id = lastScript
    scripts.start(id, body, on: .child)
    return await drive(id)
  }

  /// Runs functions in parallel, and returns their results in order. As soon as one function fails, the other functions are ended, unless
  /// `keepGoing` is true.
  /// - Parameter limit: the largest number of functions that run at the same time, or 0 for all.
  private func gather(_ bodies: [Body], _ limit: Int, _ keepGoing: Bool) async -> [ScriptResult] {
    let left = ScriptResult.raised(ScriptError(Failure(.cancelled, "a function beside this one failed")))
    var results = bodies.map { _ in left }
    await withTaskGroup(of: (Int, ScriptResult).self) { group in
      var (next, running, isEnding) = (0, 0, false)
      while true {
        while !isEnding, next < bodies.count, limit == 0 || running < limit {
          let (index, body) = (next, bodies[next])
          group.addTask { (index, await self.child(body)) }
          (next, running) = (next + 1, running + 1)
        }
        guard let (index, result) = await group.next() else { return }
        running -= 1
        results[index] = result
        if case .raised = result, !keepGoing, !isEnding {
          isEnding = true
          group.cancelAll()
        }
      }
    }
    return results
  }

  /// Runs a function with a time limit. On simulated hosts, no time passes, so the limit is never reached.
  private func within(_ interval: Interval, _ body: Body) async -> ScriptResult {
    guard ground.isReal else { return await child(body) }
    return await withTaskGroup(of: ScriptResult?.self) { [ground] group in
      group.addTask { await self.child(body) }
      group.addTask {
        await ground.sleep(interval)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      if let first { return first }
      _ = await group.next()
      return .raised(ScriptError(Failure(.timeout, "not done within \(interval)")))
    }
  }

  // MARK: operations

  private func perform(_ place: Place, _ operation: DeployModel.Operation, _ timeout: Interval?) async -> Outcome {
    lastIntent += 1
    var site = Intent.Site()
    var name = "here"
    if case .host(let number) = place {
      name = ground.plan.name(ofHost: number)
      if ground.plan.hosts.indices.contains(number) { site.release = ground.plan.hosts[number].current }
    }
    let intent = Intent(
      id: lastIntent, place: place, operation: operation, timeout: timeout ?? Deadlines.standard(for: operation), site: site)
    tell(.begins(name, operation))
    let outcome = await cancellable(intent)
    tell(.ended(name, operation, outcome))
    return outcome
  }

  /// Performs an intent. If the task is cancelled, this function asks the operation to end, again and again until it has ended. The
  /// operation runs in a task of its own, which is not cancelled, because the operation has to report its outcome.
  private func cancellable(_ intent: Intent) async -> Outcome {
    let flag = Flag()
    return await withTaskCancellationHandler { [ground] in
      let outcome = await Task { await ground.perform(intent) }.value
      flag.isDone.withLock { $0 = true }
      return outcome
    } onCancel: { [ground] in
      Task {
        while !flag.isDone.withLock({ $0 }) {
          await ground.cancel(intent)
          try? await Task.sleep(for: .milliseconds(100))
        }
      }
    }
  }

  private final class Flag: Sendable {
    let isDone = Mutex(false)
  }
}
