import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// Runs what is left of a train. The deployments run one after the other, with the checks between groups. There is one summary and one exit
/// code.
struct TrainRun {
  let terminal: Terminal
  let progress: ProgressOptions
  let options: ProjectOptions
  let project: LoadedProject
  var busy = WhenBusy.fail
  /// The reason for `--urgent`, or nil if the train is not urgent.
  var urgency: String?
  /// How long the command keeps running at a gate that waits for a person, or nil to keep running until the gate closes.
  var stay: StayOptions?
  /// Whether lander can ask a person at this terminal.
  let asks: Bool
  let file: TrainFile

  func run(_ start: Train) async throws -> ExitCode {
    var train = start
    var chronicles: [Chronicle] = []
    do {
      while let index = train.next {
        listen(train, index)
        guard try await passes(&train, index) else { break }
        let end = try await leg(&train, index)
        chronicles += end.chronicles
        guard end.code == .done else {
          Ending.give { JSON.text(TrainReport(train).value) }
          return finish(train, end.code, chronicles)
        }
      }
    } catch {
      tell(train)
      throw error
    }
    return finish(train, train.code, chronicles)
  }

  /// From now on, a signal ends only this command, because no deployment is running.
  private func listen(_ train: Train, _ index: Int) {
    EarlyEnd.arm(terminal)
    let done = train.legs[..<index].map(\.group).joined(separator: ", ")
    EarlyEnd.nowHolds(
      index == 0
        ? "nothing on a host was changed" : "group \(done) keeps the release, and lander resume \(train.id) continues")
  }

  /// Checks the conditions for beginning with a group.
  /// - Returns: whether all conditions are met. If not, the record says why.
  private func passes(_ train: inout Train, _ index: Int) async throws -> Bool {
    let leg = train.legs[index]
    let isUnderWay = leg.deployment != nil && leg.exit == nil
    if !isUnderWay, train.bundle != nil { try await refuseOvertaken(leg, train) }
    guard index > 0, train.between != .nothing, !isUnderWay else { return true }
    let before = train.legs[index - 1]
    try await confirm(before, train)
    // The answer is about the previous group. The deployment to that group ended earlier, so what was checked then might have changed
    // since.
    guard case .approve(let bound) = train.between, leg.answer == nil else { return true }
    let group = train.legs[index].group
    train.waits = group
    try file.save(train)
    let question = TrainQuestion(
      train: train, group: group, before: before.group, bound: bound, file: file, terminal: terminal, asks: asks)
    let answer = try await question.answer()
    train.waits = nil
    train.legs[index].answer = answer
    try file.save(train)
    guard let answer else {
      tell("nobody answered within \(bound) whether group \"\(group)\" follows", "lander resume \(train.id) asks again")
      return false
    }
    guard answer.approved else {
      tell("\(answer.by) rejected group \"\(group)\"\(answer.comment.isEmpty ? "" : ": \(answer.comment)")", nil)
      return false
    }
    // A long time can pass between the first check and the answer.
    try await confirm(before, train)
    try await refuseOvertaken(leg, train)
    return true
  }

  private func tell(_ words: String, _ fix: String?) {
    let problem = Problem(words, fix: fix)
    Ending.note([], [problem])
    terminal.tell(problem.lines(on: terminal.err))
  }

  private func confirm(_ leg: Train.Leg, _ train: Train) async throws {
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    try await desk.use { try await $0.confirm(leg, of: train, in: project) }
  }

  private func refuseOvertaken(_ leg: Train.Leg, _ train: Train) async throws {
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    try await desk.use { try await $0.refuseOvertaken(leg, of: train, in: project) }
  }

  /// Deploys to one group, or resumes what is left of the group's deployment.
  private func leg(_ train: inout Train, _ index: Int) async throws -> Launch.End {
    terminal.tell("Group \(index + 1) of \(train.legs.count): \(SafeText.line(train.legs[index].group))")
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    let start = train
    let (end, ended) = try await desk.use { desk in
      var train = start
      let launch = Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed, stay: stay)
      let end: Launch.End
      if let id = train.legs[index].deployment, train.legs[index].exit == nil, try await desk.past.knows(id.rawValue) {
        let pair = try await desk.past.pair(of: id)
        try pair.refuseSuperseded()
        end =
          pair.first.parked == nil
          ? try await launch.runRest(of: pair) : try await launch.runParked(pair, MessageDraft(.resume, comment: ""), of: project)
      } else {
        let planned = try await plan(&train, index, desk)
        try file.save(train)
        end = try await launch.run(planned)
      }
      return (end, train)
    }
    train = ended
    // A deployment that was left while it ran is resumed later, so its exit code is not final.
    if ![.interrupted, .terminated, .hungUp, .paused, .detached].contains(end.code) { train.legs[index].exit = end.code.rawValue }
    try file.save(train)
    return end
  }

  private func plan(_ train: inout Train, _ index: Int, _ desk: Desk) async throws -> PlannedDeployment {
    var request = train.request
    request.group = train.legs[index].group
    if let bundle = train.bundle { request.revision = "bundle:\(bundle.hex)" }
    let planned = try await desk.planInTurn(
      Asked(request), of: project, busy, urgent: urgency, from: train.commit.map { Provenance(commit: $0) })
    let plan = planned.plan
    if let sources = train.sources, sources != plan.content.inputs.sources {
      let (done, group) = (train.legs[0].group, train.legs[index].group)
      throw Problems(
        Problem(
          "the recipe is not the one that group \"\(done)\" was deployed with", subject: train.id.rawValue,
          fix: "restore the recipe's files, or deploy the new recipe: lander deploy --from-group \(done) --group \(group)"), exit: .refused)
    }
    train.bundle = plan.content.bundle?.digest
    train.sources = plan.content.inputs.sources
    train.commit = plan.origin.provenance?.commit
    (train.legs[index].deployment, train.legs[index].exit) = (plan.id, nil)
    return planned
  }

  private func finish(_ train: Train, _ code: ExitCode, _ chronicles: [Chronicle]) -> ExitCode {
    tell(train)
    // The variables describe the newest deployment and the rollback that followed it.
    let last = chronicles.lastIndex { $0.story.plan?.kind == .deploy }
    if let last {
      let back = last + 1 < chronicles.count ? chronicles[last + 1].story : nil
      Launch.fillFiles(code, chronicles, of: chronicles[last].story, rollback: back)
    }
    return code
  }

  private func tell(_ train: Train) {
    let report = TrainReport(train)
    terminal.give(report.value)
    let lines = [""] + report.lines(on: terminal.out)
    if Ending.isLines { terminal.tell(lines) } else { terminal.say(lines) }
  }
}
