import DeployDesk
import DeployModel
import DeployReport

/// Trains of this state folder that have not ended, for commands that continue, answer or end a train.
struct OpenTrains {
  private let options: ProjectOptions

  init(_ options: ProjectOptions) { self.options = options }

  private var state: String? { (try? options.existingStateFolder()) ?? nil }

  /// All open trains, the newest first.
  var all: [Train] { TrainFile.all(in: state).filter { $0.next != nil } }

  /// Returns the open train that a deployment belongs to, or nil if it belongs to none.
  func train(of pair: DeploymentPair) -> Train? { all.first { $0.legs.contains { $0.deployment == pair.first.id } } }

  /// Shows the open trains that deploy to the surveyed hosts, each with the command that is needed next.
  func say(among surveyed: [Surveyed], on terminal: Terminal) async {
    for train in all where surveyed.contains(where: { Self.has($0, train) }) {
      let newer = train.overtaking((try? await Wiring.past(options)?.deployments()) ?? [])
      let lines = TrainReport(train).open(isHeld: isHeld(train), newer: newer)
      terminal.say(["", lines[0].prefix(1).uppercased() + lines[0].dropFirst()] + lines.dropFirst())
    }
  }

  /// Returns the open trains of one recipe and group, for programs, or nil if there are none.
  func value(of found: Surveyed) -> Value? {
    let trains = all.filter { Self.has(found, $0) }
    return trains.isEmpty ? nil : .list(trains.map { TrainReport($0).value })
  }

  private static func has(_ found: Surveyed, _ train: Train) -> Bool {
    train.request.recipe?.isExactly(found.recipe) ?? true && train.legs.contains { $0.group.isExactly(found.group) }
  }

  /// Returns whether a process runs this train.
  func isHeld(_ train: Train) -> Bool { state.map { TrainFile.isHeld(train.id, in: $0) } ?? false }

  /// Returns the train that a command is about, or nil if the word identifies a deployment.
  /// - Parameter word: the id of a train. If it is nil and nothing but one train is open, the command is about that train.
  func meant(by word: String?) async throws -> Train? {
    if let word { return try TrainFile.named(word, in: try options.existingStateFolder()) }
    let open = all
    guard open.count == 1, let past = try Wiring.past(options) else { return nil }
    let pairs = DeploymentPair.all(try await past.deployments()).filter { $0.state == .running || $0.state == .interrupted }
    // If a process runs the train, a message goes to the train's current deployment.
    if pairs.contains(where: { $0.state == .running }) { return nil }
    return pairs.allSatisfy { pair in open[0].legs.contains { $0.deployment == pair.first.id } } ? open[0] : nil
  }

  /// Answers the question of a train that waits for a person.
  func answer(_ train: Train, _ approved: Bool, _ comment: String, on terminal: Terminal) throws -> DeployModel.ExitCode {
    guard let state, let group = train.waits, TrainFile.isHeld(train.id, in: state) else {
      let fix = train.next == nil ? "lander report \(train.id) says how it ended" : "lander resume \(train.id) continues it, and asks"
      throw Problems(Problem("train \(train.id) is not waiting for an answer", fix: fix), exit: .refused)
    }
    guard let comment = comment.isEmpty ? "" : Provenance.line(comment, limit: 500) else { throw Problems(Problem("the comment is empty")) }
    let answer = Train.Answer(group: group, approved: approved, by: Identity.named, comment: comment, at: SystemClock.now)
    try TrainFile.leave(answer, for: train.id, in: state)
    let words = approved ? "group \(group) follows" : "group \(group) is left as it is"
    terminal.show(
      ["\(train.id): \(SafeText.line(words))"],
      JSON.record([
        ("deployment", .text(train.id.rawValue)), ("said", .text(approved ? "approve" : "reject")), ("accepted", true),
        ("text", .text(words)),
      ]))
    return .done
  }

  /// Ends a train, so that it does not continue with further groups.
  /// - Returns: the train's unfinished deployment, which has to be cancelled too, or nil if there is none.
  func end(_ train: Train, _ comment: String, on terminal: Terminal) async throws -> Deployment.ID? {
    guard let state, let index = train.next else {
      terminal.say("Train \(train.id) has ended already. Nothing was done.")
      return nil
    }
    let leg = train.legs[index]
    let isHeld = TrainFile.isHeld(train.id, in: state)
    if isHeld, train.waits != nil {
      _ = try answer(train, false, comment, on: terminal)
      return nil
    }
    if !isHeld {
      var ended = train
      ended.isCancelled = true
      try TrainFile(train.id, in: state).save(ended)
      terminal.say("Train \(train.id) ends here: no further group follows.")
    }
    guard let id = leg.deployment, leg.exit == nil, let past = try Wiring.past(options), try await past.knows(id.rawValue) else {
      return nil
    }
    return id
  }
}
