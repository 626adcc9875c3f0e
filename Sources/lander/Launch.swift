import DeployCore
import DeployEngine
import DeployHosts
import DeployModel
import DeployReport
import DeployStore
import Glibc

/// Runs deployments with everything around them: progress on the terminal, signals, the summary, the exit code.
struct Launch {
  let engine: Engine
  let terminal: Terminal
  let progress: ProgressOptions
  /// How a project without a `deploy.lua` was typed.
  var typed: String?

  /// Starts a plan.
  func deploy(_ plan: Plan) async throws -> DeployModel.ExitCode {
    try await follow(plan.id) { try await $0.deploy(plan) }
  }

  /// Goes on with an interrupted deployment; with a reason, only to end it in good order.
  func resume(
    _ deployment: DeploymentSummary, cancelling reason: String? = nil
  ) async throws
    -> DeployModel.ExitCode
  {
    guard let claim = try engine.journal.claim(deployment.id) else {
      throw Problems(
        Problem(
          "deployment \(deployment.id) is running: another process of this machine is at it",
          fix: "lander cancel \(deployment.id) ends it"),
        exit: .locked)
    }
    defer { claim.release() }
    let entries = try await PastDeployments(journal: engine.journal).entries(of: deployment.id)
    if case .planned(let plan)? = entries.first?.fact {
      do { try await engine.expect(secrets: plan.secrets) } catch {
        throw Problems(error.problem(of: "secret"), exit: DeployModel.ExitCode(error.kind))
      }
    }
    let code = try await follow(deployment.id, past: entries.map { (deployment.id, $0) }) {
      deployments in
      if let reason { await deployments.cancel(reason: reason) }
      return try await deployments.resume(entries)
    }
    // What was asked was that it ends.
    return reason != nil && code == .cancelled ? .done : code
  }

  private func follow(
    _ id: Deployment.ID, past: [(Deployment.ID, Entry)] = [],
    _ run: (Deployments) async throws -> [Deployments.Ended]
  ) async throws -> DeployModel.ExitCode {
    let shown = Progress(
      mode: progress.output, verbose: progress.verbose, terminal: terminal, past: past)
    engine.hosts.listen(shown.noticed)
    let deployments = Deployments(
      ports: engine.ports, feed: shown.feed, recipes: engine.library, identity: { Identity.make() })
    let interrupts = Interrupts(deployments: deployments)
    let (signals, sink) = AsyncStream.makeStream(of: Int32.self)
    Signals.hear([SIGINT, SIGTERM, SIGUSR1, SIGWINCH]) { sink.yield($0) }
    let listener = Task {
      for await number in signals {
        if number == SIGWINCH {
          let surface = Terminal().err
          shown.resized(width: surface.width, height: surface.height)
        } else {
          await interrupts.heard(number)
        }
      }
    }
    let ended: [Deployments.Ended]
    do { ended = try await run(deployments) } catch {
      listener.cancel()
      _ = await shown.finish()
      await engine.close()
      throw interruption(error, of: id)
    }
    listener.cancel()
    let stories = await shown.finish()
    await engine.close()
    return await conclude(ended, stories, await interrupts.detached, await interrupts.last)
  }

  /// What broke the engine off, with the way on.
  private func interruption(_ error: any Error, of id: Deployment.ID) -> any Error {
    guard let failure = error as? Failure else { return error }
    return Problems(
      Problem(
        "the deployment was interrupted: \(failure.message)",
        fix: [failure.fix, "then lander resume \(id)"].compactMap { $0 }.joined(separator: "; ")),
      exit: DeployModel.ExitCode(failure.kind))
  }

  private func conclude(
    _ ended: [Deployments.Ended], _ stories: [DeploymentStory], _ detached: Bool, _ signal: Int32?
  ) async -> DeployModel.ExitCode {
    guard let first = ended.first else { return .internal }
    if let left = ended.last, left.conclusion == nil {
      terminal.tell([
        "",
        "Left deployment \(left.plan.id) as it is: commands that run on hosts go on, locks stay until their lease ends.",
        "  → lander resume \(left.plan.id) goes on with it; lander cancel \(left.plan.id) takes it back",
      ])
      return signal == SIGTERM ? .terminated : .interrupted
    }
    let story = stories.first { $0.id == first.plan.id } ?? DeploymentStory()
    let back = ended.count > 1 ? stories.first { $0.id == ended[1].plan.id } : nil
    let summary = Summary(story, rollback: back, typed: typed)
    if terminal.err.terminal { terminal.tell("") }
    // The window may have another size by now.
    let now = Terminal()
    if progress.output == .ndjson {
      terminal.tell(summary.lines(on: now.err))
    } else {
      terminal.say(summary.lines(on: now.out))
    }
    return summary.exit ?? .internal
  }
}

/// What a signal means: the first one ends the deployment in good order, a second one leaves it.
private actor Interrupts {
  /// Who wraps a command (`timeout`, a CI runner) often signals the process and then its whole group: that is one wish, not two.
  private static let echo = Duration.milliseconds(300)
  private var before: ContinuousClock.Instant?
  private let deployments: Deployments
  private var count = 0
  private(set) var detached = false
  private(set) var last: Int32?

  init(deployments: Deployments) { self.deployments = deployments }

  func heard(_ number: Int32) async {
    if number == SIGUSR1 { return await deployments.cancel(reason: "lander cancel") }
    let now = ContinuousClock.now
    if let before, now - before < Self.echo { return }
    before = now
    last = number
    count += 1
    if count == 1 {
      await deployments.cancel(reason: number == SIGTERM ? "terminated" : "Ctrl-C")
    } else {
      detached = true
      await deployments.detach()
    }
  }
}
