import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Resumes a deployment whose engine is gone, or ends the pause of a running deployment.
struct ResumeCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Resumes an interrupted deployment, or ends the pause of a running deployment.",
    discussion: """
      You can resume a parked deployment on this machine even if another machine started it, because its hosts have its journal and \
      recipes. If the deployment still waits for an answer, lander parks it again (exit code 13). With --wait, lander waits for the \
      answer. If a process is running the deployment, this command ends the deployment's pause and exits with 0. If the running deployment \
      is not paused, the exit code is 3. A deployment that was paused when its process died is still paused after you resume it. lander \
      says so, and a second lander resume ends the pause.

      lander waits for commands that still run on hosts, and no command runs twice. If a host is unreachable, lander retries for as long \
      as a running deployment would. A deployment and the rollback that followed belong together. You can give the id of either one, and \
      lander resumes what is left of both. A deployment is superseded if newer deployments have changed all of its hosts. lander does not \
      resume a superseded deployment, and exits with 4. In all other cases, this command exits with the deployment's exit code. If a \
      deployment failed and was rolled back, this code is 10, even if only the rollback was left, or if nothing was left. With the id of a \
      train (several groups), lander continues the train where it stopped. Without an id, lander continues a train if no deployment is \
      open.

      Examples:
        lander resume
        lander resume 20261121-113045-x7k2
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var why: CommentOption
  @OptionGroup var stay: StayOptions
  @OptionGroup var form: ResultOptions
  @Argument(
    help: ArgumentHelp("The deployment. Default: the only deployment that was interrupted or is running.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    Identity.introduce(why.actor)
    if let train = try await OpenTrains(options).meant(by: id) { return try await resume(train, on: terminal) }
    let answering = Answering(draft: MessageDraft(.resume, comment: why.comment), progress: progress, stay: stay)
    if let code = try await answering.perform(id, options, on: terminal) { return code }
    if let id, try await !Speech.isKnown(id, options) {
      return try await Speech(kind: .resume, comment: why.comment).sayFar(to: id, options, on: terminal)
    }
    let desk = try Wiring.pastDesk(options, tell: terminal.listener(progress.mode))
    return try await desk.use { desk in
      let pair = try await desk.past.pair(id, or: [.interrupted, .running])
      if pair.state == .concluded { return try await desk.past.tellEnd(of: pair, terminal) }
      try pair.refuseSuperseded()
      if pair.state == .running {
        return try await Speech(kind: .resume, comment: why.comment).say(to: pair, desk, on: terminal)
      }
      let launch = Launch(
        desk: desk, terminal: terminal, progress: progress, folder: options.folderOrHere, stay: stay,
        alarms: AlarmFollowUp(options: options, progress: progress, terminal: terminal))
      let code = try await launch.resume(pair)
      if let train = OpenTrains(options).train(of: pair) {
        let newer = train.overtaking(try await desk.past.deployments())
        terminal.tell(
          newer.map { "  → lander cancel \(train.id) ends the train it belongs to: deployment \($0.id) is newer" }
            ?? "  → lander resume \(train.id) continues the train it belongs to")
      }
      return code
    }
  }

  private func resume(_ train: Train, on terminal: Terminal) async throws -> DeployModel.ExitCode {
    guard train.next != nil else {
      terminal.show(
        ["Train \(train.id) has ended already. Nothing was done.", ""] + TrainReport(train).lines(on: terminal.out),
        TrainReport(train).value)
      return train.code
    }
    return try await TrainRun(
      terminal: terminal, progress: progress, options: options, project: try Wiring.project(options), stay: stay,
      asks: TrainStart.isAtTerminal,
      file: try TrainFile(train.id, in: options.stateFolder())
    ).run(train)
  }
}
