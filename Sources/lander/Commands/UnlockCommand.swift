import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Says which deployment has a group's lock and which commands of that deployment are still running, and removes the lock.
struct UnlockCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "Shows which deployment has the lock of a group, and removes the lock.",
    discussion: """
      First, lander prints which deployment has the lock, whether the deployment's process still runs, and which of the deployment's \
      commands still run on hosts. Then lander asks for confirmation. The next deployment waits for these commands, or kills them with \
      --orphans kill. If the deployment's process still runs, lander refuses to remove the lock, unless you give --force. In this case, \
      use lander cancel instead. If lander recommends lander resume, use lander resume instead of unlocking.

      The process counts as gone in each of these cases:
        - The lease of the lock has expired.
        - The journal on this machine says that the deployment has ended.
        - The process was started on this machine, and no longer exists.

      Examples:
        lander unlock production
        lander unlock production --yes
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(
    help: ArgumentHelp("The group. Default: the recipe's own group.", valueName: "group"), completion: KnownNames.groups)
  var group: String?
  @Option(help: ArgumentHelp("The recipe, if the project has several.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var consent: YesOption
  @Flag(help: "Remove the lock even if its deployment still runs.")
  var force = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try await Wiring.lastingProject(options, bundle, tell: terminal.listener())
    let selections = try project.project.selections(recipe: recipe, group: group)
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener())
    return try await desk.use { desk in
      var found = await desk.surveyWithPartners(selections)
      // With `--force`, only the lock matters, so parked deployments are not ended first.
      for _ in selections where !force {
        guard let late = found.first(where: { $0.parked.contains { $0.isLate(at: desk.now) } }),
          try await desk.endLate([late], queues: false)
        else { break }
        found = await desk.surveyWithPartners(selections)
      }
      for one in found { terminal.say(StatusReport(one, now: desk.now).lines(on: terminal.out)) }
      let locks = try await desk.locks(on: found)
      terminal.give(locks.value(unlocked: []))
      if locks.all.isEmpty {
        terminal.say(["", "No reachable host is locked."])
        return .done
      }
      for (_, holder) in locks.dead { terminal.say([""] + holder.lines) }
      if !force { try locks.refuseLiving() }
      let question = "Remove the lock on \(locks.all.count.of("host"))?"
      guard consent.agrees(to: question, isRead: form.json, on: terminal) else { return .refused }
      EarlyEnd.nowHolds("hosts that are not named as unlocked may still be locked")
      var unlocked: [HeldLocks.Held] = []
      try await desk.unlock(locks) {
        unlocked.append($0)
        terminal.give(locks.value(unlocked: unlocked))
        terminal.say("\($0.name): unlocked")
      }
      return .done
    }
  }
}

extension DeadHolder {
  /// The lines about a holder that is no longer running, with the command to use instead of removing its lock.
  fileprivate var lines: [String] {
    guard case .interrupted(let deployment) = self else { return [clause.sentenced] }
    return [
      "Deployment \(deployment.id) was interrupted: the process that ran it on this machine is gone.",
      "  → instead of unlocking: \(deployment.wayOn)",
    ]
  }
}
