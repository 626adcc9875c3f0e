import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// Prints the whole output of the commands of one deployment.
struct LogsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Prints the whole output of a deployment's hooks and commands.",
    discussion: """
      Shows each command with its start (UTC), host, lifecycle event and exit status. The command's output follows, with > before each \
      line of standard output and ! before each line of standard error. With last, lander also shows the rollback of the last deployment. \
      Control characters are shown as visible text. With --raw, lander writes only the output, with its bytes unchanged. With --follow, \
      lander shows the output of a running deployment as it arrives, until the deployment and its rollback have ended. Each line has its \
      time (UTC) and host. Output from before the start of lander logs has no times. The id of a train (several groups) stands for all \
      deployments of the train. If a journal is damaged, lander prints what comes before the damage, and exits with 21.

      Examples:
        lander logs last web1
        lander logs --follow
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(
    help: ArgumentHelp("The deployment: its id, the beginning of its id, or last.", valueName: "id"), completion: KnownNames.deployments)
  var id = "last"
  @Argument(help: ArgumentHelp("Only this host. The name here stands for the machine that runs lander.", valueName: "host"))
  var host: String?
  @Flag(help: "Write the bytes unchanged.")
  var raw = false
  @Flag(name: .shortAndLong, help: "Also show new output as it arrives, until the deployment has ended.")
  var follow = false
  func validate() throws { if raw { try form.refuse(beside: "--raw") } }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if follow { try await followed(on: terminal) } else { try await whole(on: terminal) }
    return .done
  }

  private func followed(on terminal: Terminal) async throws {
    let desk = try Wiring.pastDesk(options, tell: terminal.listener())
    try await desk.use { desk in
      var log = LogFollow(desk.past, host: host, raw: raw, on: terminal)
      let members: [DeploymentSummary]
      if let watch = try await TrainWatch(id, options, at: desk, on: terminal) {
        EarlyEnd.onlyWaits(for: watch.id, which: "is as it was", again: "logs --follow")
        log.isOneOfSeveral = true
        let train = try await watch.follow { deployment, _ in _ = try await desk.follow(deployment.rawValue) { try log.take($0) } }
        members = try await desk.past.members(of: train)
      } else {
        let id = try await desk.past.find(id).id
        EarlyEnd.onlyWaits(for: id, which: "is as it was", again: "logs --follow")
        members = try await desk.follow(id.rawValue) { try log.take($0) }.members
      }
      Ending.note(members.map(\.id))
      if form.isWanted {
        var values: [Value] = []
        for member in members {
          for log in try await desk.past.logs(of: member.id.rawValue, host: nil) { values.append(try desk.past.value(of: log.on(host))) }
        }
        terminal.give(.list(values))
      }
      terminal.tell(members.map { "Deployment \($0.id) has ended: \($0.end ?? "not known")." })
    }
  }

  private func whole(on terminal: Terminal) async throws {
    let past = try Wiring.somePast(options, fix: "lander status asks the hosts")
    let train = try TrainFile.named(id, in: options.existingStateFolder())
    let logs =
      if let train { try await past.logs(of: try await past.members(of: train), named: Train.ID(id), host: host) } else {
        try await past.logs(of: id, host: host)
      }
    if form.isWanted {
      let values = try logs.map { try past.value(of: $0) }
      terminal.give(.list(values))
    }
    for (index, log) in logs.enumerated() {
      if logs.count > 1, !raw { terminal.say((index == 0 ? [] : [""]) + [log.deployment.heading]) }
      for command in log.commands { terminal.say(command, try past.output(of: command, in: log.deployment.id), raw: raw) }
    }
    if logs.allSatisfy(\.commands.isEmpty) {
      let ids = train.map { "train \($0.id)" } ?? "deployment \(logs.map(\.deployment.id).joined(separator: " and "))"
      terminal.tell("No command ran\(host.map { " on \($0)" } ?? "") in \(ids).")
    }
    try DeploymentLog.refuseDamaged(logs)
  }
}
