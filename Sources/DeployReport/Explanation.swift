import DeployModel

/// The story of a deployment and its rollback in sentences, for people who did not follow it. The story has the request, the events in
/// order, the reason for the outcome, and what is left to do. It is a document, like the report.
package struct Explanation: Sendable {
  private let chronicles: [Chronicle]
  /// Seconds east of Greenwich.
  private let zone: Int
  /// The largest number of hosts that are listed, and the largest number of events that are described.
  private static let (mostHosts, mostMoments) = (6, 60)

  /// - Parameter chronicles: the deployment's chronicle and, if a rollback followed, the rollback's chronicle.
  package init(_ chronicles: [Chronicle], zone: Int = 0) {
    self.chronicles = chronicles
    self.zone = zone
  }

  private var story: DeploymentStory { chronicles.first?.story ?? DeploymentStory() }
  private var rollback: DeploymentStory? { chronicles.dropFirst().first?.story }

  /// The whole story.
  package var document: Document {
    guard let plan = story.plan else { return Document(title: "A deployment without a beginning", verdict: Document.Cell("damaged", .bad)) }
    let exit = Summary(story, rollback: rollback).exit
    var blocks: [Document.Block] = [.paragraph([Document.Cell(asked(plan))]), .paragraph([Document.Cell(wanted(plan))])]
    for (index, chronicle) in chronicles.enumerated() {
      let moments = moments(of: chronicle)
      guard !moments.isEmpty else { continue }
      blocks += [.heading(index == 0 ? "What happened" : "How it went back"), .list(moments)]
    }
    blocks += [.heading("How it ended"), .paragraph([Document.Cell(end(exit), exit == .done ? .good : exit == nil ? .warn : .bad)])]
    blocks += left(plan)
    let verdict = Document.Cell(
      exit == .done ? "succeeded" : Summary(story, rollback: rollback).sentence ?? "has not ended",
      exit == .done ? .good : exit == nil ? .warn : .bad)
    return Document(title: "\(plan.heading), deployment \(plan.id)", verdict: verdict, blocks: blocks)
  }

  private func asked(_ plan: Plan) -> String {
    let when = story.began.map { " on \(When($0, zone: zone).full)\(zone == 0 ? " UTC" : "")" } ?? ""
    let verb =
      switch plan.kind {
      case .deploy where plan.flow.missing != nil: "hosts that lack what the group has to get it"
      case .deploy where plan.flow.joins != nil: "hosts that join the group to get what it runs"
      case .deploy: "a deployment"
      case .rollback: "a way back"
      case .task: "the \(plan.kind.words.noun)"
      case .remove: "a removal"
      }
    let why = plan.origin.provenance?.reason.map { ". The reason: \($0)" } ?? ". Nobody said why"
    let commit = plan.origin.provenance?.commit.map { " It was made from commit \($0.words)." } ?? ""
    return "\(plan.origin.actor) asked for \(verb)\(when)\(why).\(commit)"
  }

  private func wanted(_ plan: Plan) -> String {
    let changing = plan.hosts.filter { $0.action == .change }
    let revision = plan.revision.map { "revision \($0.short)" } ?? "what each of them ran before"
    let aim =
      switch plan.kind {
      case .task: "to run it"
      case .remove(let removal): "to lose it\(removal.shared ? ", with its data" : "")"
      case .deploy, .rollback: "to get \(revision)"
      }
    var sentences = [
      "\(changing.count) of \(plan.hosts.count.of("host")) \(changing.count == 1 ? "was" : "were") \(aim): "
        + named(changing.map(\.host.name)) + "."
    ]
    if changing.isEmpty { sentences = ["No host was to be changed."] }
    let kept = plan.hosts.filter { $0.action == .unchanged }
    // A rollback leaves a host empty that has nothing of the application.
    let empty = plan.kind.removal == nil ? kept.filter { $0.target == nil && $0.current == nil }.map(\.host.name) : []
    if !empty.isEmpty {
      sentences.append("\(empty.count.of("host")) had nothing and \(empty.count == 1 ? "stays" : "stay") so: \(named(empty)).")
    }
    let unchanged = kept.map(\.host.name).filter { !empty.contains($0) }
    if !unchanged.isEmpty {
      let had = plan.kind.removal == nil ? "had it already" : "had nothing of it"
      sentences.append("\(unchanged.count.of("host")) \(had): \(named(unchanged)).")
    }
    let away = plan.hosts.compactMap { if case .leftOut = $0.action { $0.host.name } else { nil } }
    if !away.isEmpty { sentences.append("\(away.count.of("host")) could not be reached and were left out: \(named(away)).") }
    if let joins = plan.flow.missing ?? plan.flow.joins { sentences.append("That is what deployment \(joins) brought the group.") }
    if !plan.flow.rollback { sentences.append("Its recipe says that nothing goes back.") }
    if let stage = plan.flow.behind { sentences.append("Nothing goes back, because stage \(stage) cannot be undone and ran before.") }
    return sentences.joined(separator: " ")
  }

  /// Returns the outcome in one to three sentences.
  private func end(_ exit: ExitCode?) -> String {
    guard let conclusion = story.conclusion, let exit else {
      let waits = story.openGate.map { " It waits: \($0.sentence)." } ?? story.pause.map { " It is \($0.clause(zone: zone))." } ?? ""
      return "It has not ended: \(story.underWay(story.last ?? Timestamp(milliseconds: 0), zone: zone)).\(waits)"
    }
    let how = exit == .done ? "it succeeded" : Summary(story, rollback: rollback).sentence ?? exit.sentence
    var sentences = ["It took \(story.duration) and ended so: \(how) (exit code \(exit.rawValue))."]
    sentences.append("Hosts: \(HostCounts(of: story, after: rollback).text).")
    if let error = conclusion.error, story.first == nil { sentences.append("The cause: \(error.line).") }
    if exit.isSafeToRetry { sentences.append("The same command may be given again.") }
    return sentences.joined(separator: " ")
  }

  /// Returns what needs a person's attention, and the next commands.
  private func left(_ plan: Plan) -> [Document.Block] {
    let account = Account(story, rollback: rollback)
    var blocks: [Document.Block] = []
    if account.isWrong {
      blocks += [.heading("Needs attention"), .list(account.concerns.map { Document.Cell($0, .bad) })]
    }
    let next = Summary(story, rollback: rollback).steps
    return next.isEmpty ? blocks : blocks + [.heading("Next"), .facts(next.map { Document.Fact($0[0], $0.count > 1 ? $0[1] : "") })]
  }

  private func named(_ hosts: [String]) -> String {
    hosts.prefix(Self.mostHosts).joined(separator: ", ")
      + (hosts.count > Self.mostHosts ? " and \((hosts.count - Self.mostHosts).grouped) more" : "")
  }

  /// Returns the events in chronological order, each with its time of day.
  private func moments(of chronicle: Chronicle) -> [Document.Cell] {
    var moments: [(at: Timestamp, text: String, tone: Document.Tone)] = []
    let story = chronicle.story
    for stage in story.stages where stage.name != "rollout" {
      let took = stage.ended.map { " It took \($0 - stage.began)." } ?? ""
      let end = stage.error.map { " It failed: \($0.line)." } ?? took
      moments.append((stage.began, "Stage \(stage.name) began.\(end)", stage.error == nil ? .plain : .bad))
    }
    for wave in chronicle.waves {
      let names = named(wave.hosts.map(chronicle.name))
      let failed = wave.failed.isEmpty ? "" : " Of these failed: \(named(wave.failed.map(chronicle.name)))."
      let took = wave.ended.map { " It took \($0 - wave.began)." } ?? ""
      moments.append((wave.began, "Wave \(wave.number) began with \(names).\(took)\(failed)", wave.failed.isEmpty ? .plain : .bad))
    }
    // Hosts that failed in the same way count as one event, at the time of the first failure.
    var failures: [(said: String, at: Timestamp, names: [String])] = []
    for step in chronicle.steps {
      guard case .failed(let error)? = step.end, error.failure.kind != .cancelled else { continue }
      let place = error.place.map { " at \($0)" } ?? ""
      let wrote = error.stderr.flatMap { SafeText.tail($0, lines: 1).last }.map { " It wrote last: \($0)" } ?? ""
      let name = chronicle.name(step.host)
      let (said, at) = ("failed in \(step.event.rawValue)\(place): \(error.line(on: name)).\(wrote)", step.ended ?? step.began)
      if let index = failures.firstIndex(where: { $0.said == said }) {
        failures[index].names.append(name)
        failures[index].at = min(failures[index].at, at)
      } else {
        failures.append((said, at, [name]))
      }
    }
    moments += failures.map { (at: $0.at, text: "\(named($0.names)) \($0.said)", tone: Document.Tone.bad) }
    for gate in story.gates {
      moments.append((gate.opened, "Gate \(gate.number) opened, \(gate.sentence): \(gate.end).", .plain))
    }
    // Messages that the deployment has answered are left out, because the remarks already contain the answers.
    for word in Account(story).words where word.accepted == nil {
      let gate = word.gate.map { " \"\($0)\"" } ?? ""
      let why = word.comment.isEmpty ? "" : ": \(word.comment)"
      moments.append((word.at, "\(word.by) \(word.verb)\(gate)\(why).", .warn))
    }
    for remark in chronicle.remarks.suffix(20) { moments.append((remark.at, remark.text, .dim)) }
    let ordered = moments.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    let kept = ordered.count > Self.mostMoments ? Array(ordered.prefix(Self.mostMoments)) : ordered
    let more = ordered.count - kept.count
    return kept.map { Document.Cell("\(When($0.at, zone: zone).clock)  \($0.text)", $0.tone) }
      + (more > 0 ? [Document.Cell("and \(more.grouped) more: lander report has all", .dim)] : [])
  }
}
