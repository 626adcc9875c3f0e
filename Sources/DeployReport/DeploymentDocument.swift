import DeployModel

/// The report of a deployment and its rollback: who, what, when, why, the timeline, what each host did, and the output.
package struct DeploymentDocument: Sendable {
  /// The output of a command.
  package struct Log: Sendable {
    package var title: String
    package var text: String
    package var isBad: Bool
    package init(title: String, text: String, isBad: Bool) {
      self.title = title
      self.text = text
      self.isBad = isBad
    }
  }
  private let chronicles: [Chronicle]
  private let logs: [Log]
  /// Seconds east of Greenwich.
  private let zone: Int
  /// The largest number of hosts in the timeline, and also in the table with a column for each lifecycle event.
  private static let mostHosts = 500

  /// - Parameters:
  ///   - chronicles: the deployment's chronicle and, if a rollback followed, the rollback's chronicle.
  ///   - logs: the output of commands, in order.
  package init(_ chronicles: [Chronicle], logs: [Log] = [], zone: Int = 0) {
    self.chronicles = chronicles
    self.logs = logs
    self.zone = zone
  }

  private var story: DeploymentStory { chronicles.first?.story ?? DeploymentStory() }
  private var rollback: DeploymentStory? { chronicles.dropFirst().first?.story }

  /// The whole report.
  package var document: Document {
    guard let plan = story.plan else { return Document(title: "A deployment without a beginning", verdict: Document.Cell("damaged", .bad)) }
    let account = Account(story, rollback: rollback)
    var blocks: [Document.Block] = [.facts(facts(plan, account))]
    blocks += failure + concerns(account) + news(account) + course + gates + said(account)
    for chronicle in chronicles { blocks += matrix(chronicle) }
    blocks += remarks + folded
    return Document(title: plan.heading, verdict: verdict, blocks: blocks)
  }

  private var verdict: Document.Cell {
    guard let conclusion = story.conclusion else { return Document.Cell("has not ended", .warn) }
    let isStuck = conclusion.hosts.contains(where: \.isRestoreFailed)
    let back =
      rollback?.conclusion.map { $0.status == .succeeded && !isStuck ? ", rolled back" : ", rollback failed" }
      ?? (isStuck ? ", rollback failed" : "")
    switch conclusion.status {
    case .succeeded: return story.isAsWished ? Document.Cell("succeeded", .good) : Document.Cell("succeeded within its budget", .warn)
    case .partial: return Document.Cell("stopped on purpose", .warn)
    case .cancelled: return Document.Cell("cancelled" + back, .warn)
    case .refused: return Document.Cell("refused", .bad)
    case .failed: return Document.Cell("failed" + back, .bad)
    }
  }

  private func facts(_ plan: Plan, _ account: Account) -> [Document.Fact] {
    var facts = [Document.Fact("Deployment", plan.id.rawValue), Document.Fact("By", account.actor)]
    if let began = story.began {
      let end = story.conclusion == nil ? "" : ", \(story.duration)"
      facts.append(Document.Fact("When", When(began, zone: zone).full + (zone == 0 ? " UTC" : "") + end))
    }
    for fact in account.provenance?.facts ?? [] where fact[0] != "Job" { facts.append(Document.Fact(fact[0], fact[1])) }
    if let url = account.provenance?.job?.url { facts.append(Document.Fact("Job", url, link: url)) }
    if let bundle = plan.content.bundle {
      facts.append(
        Document.Fact("Revision", "\(bundle.digest.short) (\(bundle.source)), \(bundle.files.of("file")), \(bundle.bytes.inBytes)"))
    } else if let revision = plan.revision {
      facts.append(Document.Fact("Revision", revision.short))
    }
    if let strategy = plan.flow.strategy { facts.append(Document.Fact("Strategy", strategy.name)) }
    facts.append(Document.Fact("Bounds", plan.bounds.sentence(of: plan.hosts.count)))
    facts.append(Document.Fact("Hosts", HostCounts(of: story, after: rollback).text))
    if let rollback {
      facts.append(Document.Fact("Rollback", "\(rollback.id), \(HostCounts(of: rollback).text)", rollback.isAsWished ? .plain : .bad))
    }
    return facts
  }

  private var failure: [Document.Block] {
    guard let error = story.first?.error ?? story.conclusion?.error else { return [] }
    let host = story.first?.host.map { story.hosts[$0].name } ?? error.host
    let places = [host, story.first?.event?.rawValue ?? story.first?.stage, error.place?.description].compactMap { $0 }
    var blocks: [Document.Block] = [.heading("First failure"), .paragraph([Document.Cell(error.line, .bad)])]
    var facts: [Document.Fact] = []
    if !places.isEmpty { facts.append(Document.Fact("Where", places.joined(separator: ", "))) }
    if let operation = story.first?.operation {
      facts.append(Document.Fact("While", operation + (story.first?.status.map { ", exit status \($0)" } ?? "")))
    }
    if let fix = error.failure.fix { facts.append(Document.Fact("Next", fix)) }
    if !facts.isEmpty { blocks.append(.facts(facts)) }
    if let stderr = error.stderr, !stderr.isEmpty {
      blocks.append(.folded(title: Document.Cell("What it wrote last"), text: SafeText.tail(stderr, lines: 30).joined(separator: "\n")))
    }
    return blocks
  }

  private func concerns(_ account: Account) -> [Document.Block] {
    guard account.isWrong else { return [] }
    return [.heading("Needs attention"), .list(account.concerns.map { Document.Cell($0, .bad) })]
  }

  private func news(_ account: Account) -> [Document.Block] {
    guard let changes = account.provenance?.changes, !changes.newest.isEmpty else { return [] }
    let rows = changes.newest.map { line in
      Document.Row([Document.Cell(String(line.id.prefix(7)), .dim), Document.Cell(line.subject), Document.Cell(line.author, .dim)])
    }
    return [.heading("What is new: \(changes.words)"), .table(head: ["Commit", "Subject", "Author"], rows: rows, isMatrix: false)]
  }

  private var gates: [Document.Block] {
    guard !story.gates.isEmpty else { return [] }
    let rows = story.gates.map { gate in
      Document.Row([
        Document.Cell(gate.sentence), Document.Cell(When(gate.opened, zone: zone).clock, .dim),
        Document.Cell(gate.end, gate.answer?.verdict == .pass ? .good : gate.answer?.verdict == .fail ? .bad : .warn),
      ])
    }
    return [.heading("Gates"), .table(head: ["Gate", "Opened", "Answer"], rows: rows, isMatrix: false)]
  }

  private func said(_ account: Account) -> [Document.Block] {
    let said = account.said(on: Surface(zone: zone))
    return said.isEmpty ? [] : [.heading("Said to it"), .list(said.map { Document.Cell($0) })]
  }

  private var remarks: [Document.Block] {
    let lines = chronicles.flatMap(\.remarks).suffix(200).map { Document.Cell("\(When($0.at, zone: zone).clock)  \($0.text)") }
    return lines.isEmpty ? [] : [.heading("Remarks"), .list(lines)]
  }

  private var folded: [Document.Block] {
    guard !logs.isEmpty else { return [] }
    return [.heading("What commands wrote")] + logs.map { .folded(title: Document.Cell($0.title, $0.isBad ? .bad : .plain), text: $0.text) }
  }

  /// The timeline of waves and hosts.
  private var course: [Document.Block] {
    guard let from = story.began, let to = chronicles.last?.story.last, from < to else { return [] }
    var rows: [Timeline.Row] = []
    for (index, chronicle) in chronicles.enumerated() {
      let prefix = index == 0 ? "" : "rollback "
      let stages = chronicle.story.stages.filter { $0.name != "rollout" }.map { stage in
        Timeline.Bar(stage.began, stage.ended ?? to, stage.name, stage.error == nil ? .plain : .bad)
      }
      if !stages.isEmpty { rows.append(Timeline.Row(prefix + "stages", stages)) }
      let waves = chronicle.waves.map { wave in
        let count = wave.hosts.count.of("host")
        return Timeline.Bar(wave.began, wave.ended ?? to, "wave \(wave.number), \(count)", wave.failed.isEmpty ? .good : .bad)
      }
      if !waves.isEmpty { rows.append(Timeline.Row(prefix + "waves", waves)) }
      let gates = chronicle.story.gates.map { gate in
        Timeline.Bar(
          gate.opened, gate.closed ?? to, gate.gate.name, gate.answer?.verdict == .pass ? .good : gate.answer == nil ? .warn : .bad)
      }
      if !gates.isEmpty { rows.append(Timeline.Row(prefix + "gates", gates)) }
      rows += hosts(of: chronicle, prefix, until: to)
    }
    return rows.isEmpty ? [] : [.heading("Course"), .timeline(Timeline(from: from, to: to, rows: rows))]
  }

  private func hosts(of chronicle: Chronicle, _ prefix: String, until end: Timestamp) -> [Timeline.Row] {
    // If there are many hosts, only hosts that are not as they should be get a row. The rows of the waves show the other hosts.
    let many = chronicle.story.hosts.count > 40
    return chronicle.story.hosts.indices.compactMap { number in
      let host = chronicle.story.hosts[number]
      guard let began = host.began, !many || host.status.isTelling else { return nil }
      let bar = Timeline.Bar(began, host.ended ?? end, host.status.word, host.status.tone)
      return Timeline.Row(prefix + host.name, [bar])
    }.prefix(40).map { $0 }
  }

  /// A table of hosts and lifecycle events: what each host did in each event.
  private func matrix(_ chronicle: Chronicle) -> [Document.Block] {
    let events = chronicle.events
    guard !chronicle.story.hosts.isEmpty else { return [] }
    let isBack = if case .rollback? = chronicle.story.plan?.kind { true } else { false }
    let numbers = chronicle.story.hosts.indices.sorted { a, b in
      let (one, other) = (chronicle.story.hosts[a].status.isTelling, chronicle.story.hosts[b].status.isTelling)
      return one == other ? a < b : one
    }
    let rows = numbers.prefix(Self.mostHosts).map { number -> Document.Row in
      let host = chronicle.story.hosts[number]
      let cells = events.map { chronicle.step(number, $0).map(cell) ?? Document.Cell("") }
      let isOver = host.status == .pending && chronicle.story.conclusion != nil
      let word = isOver ? "not started" : host.status.word
      return Document.Row(
        [Document.Cell(host.name), Document.Cell(word, host.status.tone, hint: host.status.error?.line)] + cells,
        needsAttention: host.status.isTelling)
    }
    let more = numbers.count - Self.mostHosts
    let title = isBack ? "Hosts in the rollback" : "Hosts"
    return [.heading(title), .table(head: ["Host", "Ended"] + events.map(\.rawValue), rows: Array(rows), isMatrix: true)]
      + (more > 0 ? [.paragraph([Document.Cell("and \(more.grouped) more hosts", .dim)])] : [])
  }

  private func cell(_ step: Chronicle.Step) -> Document.Cell {
    let time = step.duration.map { "\($0)" } ?? "…"
    switch step.end {
    case .passed: return Document.Cell(time, .good)
    case .skipped(let reason): return Document.Cell("–", .dim, hint: reason)
    case .failed(let error): return Document.Cell("failed, \(time)", .bad, hint: error.line)
    case nil: return Document.Cell("not ended", .warn)
    }
  }
}

extension HostStatus {
  /// The tone of the status in a report.
  var tone: Document.Tone {
    switch style {
    case .good: .good
    case .warn: .warn
    case .bad: .bad
    default: .dim
    }
  }

  /// Whether people want to see this host first, because the host is not in the state in which it should be.
  var isTelling: Bool { !isWhereItShouldBe && self != .pending }
}
