import DeployCore
import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// A request for a train. It is checked for all groups together, so that errors that can be known in advance are reported before anything
/// changes in the first group.
struct TrainStart {
  let request: RequestOptions
  /// Adds other options to the request.
  let complete: (Asked) -> Asked
  let queue: QueueOptions
  let fromGroup: String?
  let between: BetweenGroups?
  let options: ProjectOptions
  let progress: ProgressOptions
  let project: LoadedProject
  let stay: StayOptions

  private var groups: [String] { request.subject.groups(of: project.project) }

  /// Whether the command line has several groups.
  /// - Throws: `Problems` if `--between` is given for a single group.
  var isWanted: Bool {
    get throws(Problems) {
      guard groups.count < 2, between != nil else { return groups.count > 1 }
      throw Problems(Problem("there is one group, and nothing between", subject: "--between", fix: "--group staging,production"))
    }
  }

  /// Whether a person is at the terminal, no matter where standard output goes. If so, lander asks that person between two groups.
  /// Otherwise, only the hosts are checked.
  static var isAtTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  func run(on terminal: Terminal) async throws -> ExitCode {
    let groups = groups
    let all = try groups.map { complete(try request.asked(of: project.project, group: $0)) }
    let said = problems + alarmed(all[0].request.recipe)
    var first = all[0]
    first.unclear += said
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    let whole = first
    let asked = try await desk.use { desk in
      try await desk.review([whole] + all.dropFirst(), of: project)
      guard let fromGroup else { return whole }
      return try await desk.adopting(fromGroup, whole, of: project)
    }
    var wanted = asked.request
    wanted.group = nil
    let identity = Identity.make()
    let id = Train.ID(like: identity.id)
    wanted.said.labels.append(Label(name: Train.label, value: id.rawValue))
    wanted.said = StatedProvenance(message: wanted.said.message, actor: wanted.said.actor, labels: wanted.said.labels)
    let rule = between?.rule ?? (Self.isAtTerminal ? .approve(WhenBusy.usual) : .check)
    let train = Train(id: id, began: identity.at, actor: identity.actor, request: wanted, between: rule, groups: groups)
    let file = try TrainFile(id, in: options.stateFolder())
    try file.save(train)
    terminal.tell("Train \(id): \(groups.map(SafeText.line).joined(separator: ", then ")); between them: \(rule.word)")
    return try await TrainRun(
      terminal: terminal, progress: progress, options: options, project: project, busy: queue.busy, urgency: queue.urgency,
      stay: stay, asks: Self.isAtTerminal, file: file
    ).run(train)
  }

  /// Returns a problem if the recipe has an alarm, because a train would continue while the alarm of the previous group is still open.
  private func alarmed(_ name: String?) -> [Problem] {
    guard let recipe = try? project.project.recipe(named: name), let alarm = recipe.alarm else { return [] }
    return [
      Problem(
        "recipe \"\(recipe.name)\" has an alarm, and a train does not wait for the alarm of each group", place: alarm.place,
        subject: "--group", fix: "deploy to one group at a time, the next one with --from-group")
    ]
  }

  /// What is wrong with the list of groups.
  private var problems: [Problem] {
    var problems: [Problem] = []
    if groups.contains("") { problems.append(Problem("it has an empty name", subject: "--group", fix: "--group staging,production")) }
    for (index, group) in groups.enumerated() where !group.isEmpty && groups[..<index].contains(group) {
      problems.append(Problem("\"\(group)\" is listed twice", subject: "--group", fix: "name each group once"))
    }
    if !request.subject.only.isEmpty {
      problems.append(
        Problem("it chooses hosts of one group", subject: "--only", fix: "deploy to one group at a time, or leave --only out"))
    }
    if request.why.reading.said.labels.contains(where: { $0.name == Train.label }) {
      problems.append(Problem("lander itself sets the label \"\(Train.label)\" here", subject: "--label", fix: "give it another name"))
    }
    if request.why.reading.said.labels.count >= Label.most {
      problems.append(
        Problem("with lander's own label, there are more than \(Label.most) labels", subject: "--label", fix: "leave one of them out"))
    }
    return problems
  }
}
