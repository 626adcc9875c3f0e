import ArgumentParser
import DeployCore
import DeployEngine
import DeployModel
import DeployReport
import DeployStore
import Glibc

/// Explains who holds a group's lock and what it left running, and gives the lock back.
struct UnlockCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "Explains who holds the lock of a group, and takes it away.",
    discussion: """
      First it prints the holder, whether it still lives, and what it left running on the hosts; then it asks. What was left running \
      is waited for or ended by the next deployment (--orphans). A holder that still lives is left alone unless --force is given: \
      lander cancel is the better way then. A holder counts as dead when its lease has ended, when this state folder knows that it has \
      ended, or when it was started on this machine and its process is gone: lander resume is the better way where that is said.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(
    help: ArgumentHelp("The group; the recipe's own where none is named.", valueName: "group"))
  var group: String?
  @Option(help: ArgumentHelp("The recipe, where there are several.", valueName: "recipe"))
  var recipe: String?
  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false
  @Flag(help: "Also where the holder still lives.")
  var force = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try bundle.project() ?? Wiring.project(options)
    let selections = try Surveyed.selections(project.project, recipe: recipe, group: group)
    let engine = try Wiring.engine(for: project, options)
    return try await Asking.with(engine) { engine in
      var held: [(site: HostSite, lock: Lock)] = []
      for selection in selections {
        let found = await Surveyed.ask(selection, engine, terminal)
        let title = "\(selection.recipe.name) on \(selection.group)"
        terminal.say(
          StatusReport(
            title, hosts: found.named.map { ($0.host.name, $0.survey) }, now: SystemClock.now
          ).lines(on: terminal.out))
        for (host, survey) in found.named {
          guard case .reached(let state) = survey, let lock = state.lock else { continue }
          held.append(
            (
              HostSite(
                host: host, deployment: lock.deployment, application: selection.recipe.application,
                group: selection.group,
                path: host.place(selection.recipe.path), fence: lock.fence, token: lock.token), lock
            ))
        }
      }
      if held.isEmpty {
        terminal.say(["", "No host that was reached is locked."])
        return .done
      }
      let dead = try await explainDead(held, engine, terminal)
      try refuseLiving(held.filter { !dead.keys.contains($0.lock.token) })
      guard yes || confirm("Take the lock away on \(held.count.of("host"))?", on: terminal) else {
        return .refused
      }
      return try await release(held, Set(dead.values.compactMap(\.own)).sorted(), engine, terminal)
    }
  }

  /// Says which holders are known to be gone, and the better ways. By token.
  private func explainDead(
    _ held: [(site: HostSite, lock: Lock)], _ engine: Engine, _ terminal: Terminal
  ) async throws
    -> [String: DeadEngines.Holder]
  {
    var dead: [String: DeadEngines.Holder] = [:]
    for lock in held.map(\.lock) where dead[lock.token] == nil {
      guard let holder = try await DeadEngines.holder(of: lock, in: engine.journal) else { continue }
      dead[lock.token] = holder
      if case .interrupted(let deployment) = holder {
        terminal.say([
          "", "Deployment \(deployment.id) was interrupted: the process that ran it on this machine is gone.",
          "  → better than unlocking: \(deployment.wayOn)",
        ])
      } else {
        terminal.say(["", holder.sentence.sentenced])
      }
    }
    return dead
  }

  private func refuseLiving(_ held: [(site: HostSite, lock: Lock)]) throws {
    guard !force, let living = held.first(where: { $0.lock.leaseLeft > 0 }) else { return }
    throw Problems(
      Problem(
        "the holder, \(living.lock.owner), still lives: its lease ends in \(living.lock.leaseLeft) s",
        subject: living.site.host.name,
        fix:
          "lander cancel \(living.lock.deployment) on its machine ends it in good order; wait until the lease ends; or --force"
      ),
      exit: .locked)
  }

  private func confirm(_ question: String, on terminal: Terminal) -> Bool {
    guard isatty(STDIN_FILENO) == 1 else {
      terminal.tell("Nobody can be asked here: say --yes.")
      return false
    }
    Terminal.write("\n\(question) [y/N] ", to: STDERR_FILENO)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }

  /// - Parameter dead: deployments of this state folder whose process is gone. Nobody may resume them meanwhile.
  private func release(
    _ held: [(site: HostSite, lock: Lock)], _ dead: [Deployment.ID], _ engine: Engine, _ terminal: Terminal
  ) async throws -> DeployModel.ExitCode {
    var problems: [Problem] = []
    var claims: [any DeploymentClaim] = []
    defer { for claim in claims { claim.release() } }
    for deployment in dead {
      guard let claim = try engine.journal.claim(deployment) else {
        throw Problems(
          Problem("deployment \(deployment) is being resumed just now", fix: "lander cancel \(deployment) ends it"), exit: .locked)
      }
      claims.append(claim)
    }
    EarlyEnd.nowHolds("hosts that are not named as unlocked may still be locked")
    for (site, lock) in held {
      let intent = Intent(
        id: 0, place: .host(site.host.number), operation: .unlock(token: lock.token),
        timeout: .minutes(1), site: Intent.Site())
      let outcome = await engine.ports.transport.perform(intent, at: site, output: { _ in })
      if let failure = outcome.failure {
        problems.append(failure.problem(of: site.host.name))
      } else {
        terminal.say("\(site.host.name): unlocked")
      }
    }
    if !problems.isEmpty { throw Problems(problems, exit: .infrastructure) }
    return .done
  }
}
