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

  /// Resumes what is left of an interrupted deployment and its rollback; with a reason, only to end them in good order.
  func resume(_ pair: Pair, cancelling reason: String? = nil) async throws -> DeployModel.ExitCode {
    EarlyEnd.nowHolds("the deployment is as it was")
    var claims: [any DeploymentClaim] = []
    defer { for claim in claims { claim.release() } }
    for member in pair.members {
      guard let claim = try engine.journal.claim(member.id) else {
        throw Problems(
          Problem(
            "deployment \(member.id) is running: another process of this machine is at it", fix: "lander cancel \(member.id) ends it"),
          exit: .locked)
      }
      claims.append(claim)
    }
    let past = PastDeployments(journal: engine.journal)
    // Somebody may have ended it between the look and the claims.
    let now = try await past.pair(pair.members[0].id, or: [])
    if now.state == .concluded { return try await past.tellEnd(of: now, terminal) }
    guard let back = now.back else { return try await resume(try await past.entries(of: now.first.id), after: [], reason) }
    // What can be read of the failed deployment says how both ended; its rollback goes on without that too.
    let failed = (try? await past.entries(of: now.first.id)) ?? []
    return try await resume(try await past.entries(of: back.id), after: failed, reason)
  }

  /// - Parameter failed: the whole journal of the deployment that the entries' rollback follows from; empty where there is none.
  private func resume(_ entries: [Entry], after failed: [Entry], _ reason: String?) async throws -> DeployModel.ExitCode {
    guard case .planned(let plan)? = entries.first?.fact else {
      throw Problems(Problem("the journal does not say what was planned", fix: "lander audit"), exit: .infrastructure)
    }
    do { try await engine.expect(secrets: plan.secrets) } catch {
      throw Problems(error.problem(of: "secret"), exit: DeployModel.ExitCode(error.kind))
    }
    var before: [Deployments.Ended] = []
    if case .planned(let first)? = failed.first?.fact, case .concluded(let conclusion)? = failed.last?.fact {
      before = [Deployments.Ended(plan: first, conclusion: conclusion)]
    }
    let past = before.flatMap { one in failed.map { (one.plan.id, $0) } } + entries.map { (plan.id, $0) }
    let code = try await follow(plan.id, past: past) { deployments in
      if let reason { await deployments.cancel(reason: reason) }
      return before + (try await deployments.resume(entries))
    }
    // A rollback whose deployment cannot be read any more: that one failed, or there would be no rollback.
    guard case .rollback(of: _?) = plan.kind, before.isEmpty, code == .done else { return code }
    return .rolledBack
  }

  private func follow(
    _ id: Deployment.ID, past: [(Deployment.ID, Entry)] = [],
    _ run: (Deployments) async throws -> [Deployments.Ended]
  ) async throws -> DeployModel.ExitCode {
    let shown = Progress(
      mode: progress.output, verbose: progress.verbose, terminal: terminal, typed: typed, past: past)
    engine.hosts.listen(shown.noticed)
    let deployments = Deployments(
      ports: engine.ports, feed: shown.feed, recipes: engine.library, identity: { Identity.make() })
    let interrupts = Interrupts(deployments: deployments, shown: shown)
    let (signals, sink) = AsyncStream.makeStream(of: Int32.self)
    Signals.hear(Signals.ending + [SIGUSR1, SIGWINCH]) { sink.yield($0) }
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
      await interrupts.end()
      _ = await shown.finish()
      await engine.close()
      throw interruption(error, of: id)
    }
    listener.cancel()
    await interrupts.end()
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
        fix: Self.fix(failure.fix, then: "lander resume \(id)")),
      exit: DeployModel.ExitCode(failure.kind))
  }

  /// What a failure says to do, and the command after that, once.
  private static func fix(_ fix: String?, then command: String) -> String {
    guard let fix else { return command }
    return fix.contains("`lander resume`") ? fix.replacing("`lander resume`", with: command) : "\(fix); then \(command)"
  }

  private func conclude(
    _ ended: [Deployments.Ended], _ stories: [DeploymentStory], _ detached: Bool, _ signal: Int32?
  ) async -> DeployModel.ExitCode {
    guard let first = ended.first else { return .internal }
    if detached, let left = ended.last, left.isLeft {
      let lines = left.words
      Ending.note(ended.map(\.plan.id), [Problem(lines[0], fix: lines[1])])
      terminal.tell(["", lines[0], "  → " + lines[1]])
      return ExitCode(endedBy: signal ?? SIGINT)
    }
    let story = stories.first { $0.id == first.plan.id } ?? DeploymentStory()
    let back = ended.count > 1 ? stories.first { $0.id == ended[1].plan.id } : nil
    let summary = Summary(story, rollback: back, typed: typed)
    Ending.note(ended.map(\.plan.id), summary.problems)
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

extension Deployments.Ended {
  /// Whether something of it is still to be done.
  fileprivate var isLeft: Bool {
    guard let conclusion else { return true }
    return plan.kind == .deploy && !conclusion.rollback.isEmpty
  }

  /// What was left, and the command that goes on.
  fileprivate var words: [String] {
    if conclusion != nil {
      return [
        "Left deployment \(plan.id) before its rollback began: hosts that are to go back still run what failed.",
        "lander resume \(plan.id) takes them back",
      ]
    }
    if case .rollback(of: _?) = plan.kind {
      return [
        "Left the rollback \(plan.id) half way: commands that run on hosts go on, locks stay until their lease ends.",
        "lander resume \(plan.id) finishes it",
      ]
    }
    return [
      "Left deployment \(plan.id) as it is: commands that run on hosts go on, locks stay until their lease ends.",
      "lander resume \(plan.id) resumes it; lander cancel \(plan.id) takes it back",
    ]
  }
}
