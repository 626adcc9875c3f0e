package import DeployModel

/// What people want to know about a deployment afterwards: who requested it and why, who sent it messages, and whether it left anything
/// behind that needs attention.
package struct Account: Sendable {
  /// Something that a person did to the deployment: the person sent a message (which has an answer), sent a signal, or resumed the
  /// deployment.
  package struct Word: Sendable, Hashable {
    package var at: Timestamp
    package var by: String
    /// What the person did, in the past tense, such as `approved` or `paused`.
    package var verb: String
    /// The gate that the message answered, or nil if it answered no gate.
    package var gate: String?
    /// The reason, or empty if none was given.
    package var comment: String
    /// Whether the deployment accepted the message, or nil if the journal has no answer.
    package var accepted: Bool?
  }
  /// A host that the deployment left in a state that needs attention.
  package struct Wrong: Sendable, Hashable {
    package var host: String
    package var why: String
  }

  package let id: Deployment.ID
  package let actor: String
  package let provenance: Provenance?
  package let words: [Word]
  /// What is wrong with the traffic, in a sentence, or nil if the journal shows nothing wrong.
  package private(set) var traffic: String?
  /// The weights that the deployment left, if they differ from the weights before it. Nil if they are equal, or if nothing was shifted.
  package let weights: Weights?
  package private(set) var wrong: [Wrong]
  /// Names of stages that should have been undone but were not.
  package private(set) var notUndone: [String]
  /// The exit code of the command that ran the deployment, or nil if it has not ended.
  package let exit: ExitCode?
  /// When the deployment ended, or nil if it has not ended.
  package let ended: Timestamp?

  /// - Parameter rollback: the story of the rollback that followed, or nil if there was none.
  package init(_ story: DeploymentStory, rollback: DeploymentStory? = nil) {
    id = story.id
    actor = story.plan?.origin.actor ?? ""
    provenance = story.plan?.origin.provenance
    words = story.words + (rollback?.words ?? [])
    weights = story.leftWeights
    traffic = story.trafficLeft
    exit = Summary(story, rollback: rollback).exit
    ended = (rollback ?? story).conclusion == nil ? nil : (rollback ?? story).last
    notUndone = story.notUndone(after: rollback)
    wrong = story.hosts.compactMap { host in
      let later = rollback?.hosts.first { $0.name.isExactly(host.name) }
      return Self.wrong(host.name, later?.status ?? host.status, in: later == nil ? story : rollback ?? story)
    }
  }

  /// Returns why a host needs attention, or nil if it needs none.
  private static func wrong(_ host: String, _ status: HostStatus, in story: DeploymentStory) -> Wrong? {
    guard let end = story.conclusion else { return nil }
    // A refused deployment changes no host. But if a failure caused a rollback and the rollback was refused, the hosts stay on the failed
    // release.
    let follows = if case .rollback(of: _?)? = story.plan?.kind { true } else { false }
    guard end.status != .refused || follows else { return nil }
    if status.isRestoreFailed { return Wrong(host: host, why: "could not be taken back") }
    // A task changes no release. Running it again shows what is left to do.
    if story.plan?.kind.task != nil { return nil }
    if status.isUnreachable { return Wrong(host: host, why: "unreachable: nobody knows what it runs") }
    if status.isHeld { return Wrong(host: host, why: "failed, and left as it is") }
    let isBack = if case .rollback? = story.plan?.kind { true } else { false }
    if isBack { return end.status != .succeeded && status.isLeftBehind ? Wrong(host: host, why: "not taken back") : nil }
    if story.plan?.kind.removal != nil { return nil }
    guard status == .succeeded, [.failed, .cancelled].contains(end.status), !end.isTakenOver else { return nil }
    return Wrong(host: host, why: "on the release of a deployment that \(end.status == .failed ? "failed" : "was cancelled")")
  }

  /// Returns the account with all problems that are still left after the rollback: those of traffic, hosts and stages.
  /// - Parameter pair: the account of the deployment and its rollback together.
  package func leaving(as pair: Account) -> Account {
    var account = self
    (account.traffic, account.wrong, account.notUndone) = (pair.traffic, pair.wrong, pair.notUndone)
    return account
  }

  /// Returns the account without the hosts that have had a newer deployment since then, from any machine. If all hosts have had one, the
  /// traffic and the stages are left out too.
  package func still(_ hosts: [(name: String, survey: Survey)]) -> Account {
    guard let ended else { return self }
    let newer = hosts.filter { host in
      if case .reached(let state) = host.survey, let receipt = state.receipt { receipt.at > ended } else { false }
    }
    var account = self
    account.wrong.removeAll { one in newer.contains { $0.name.isExactly(one.host) } }
    if !hosts.isEmpty, newer.count == hosts.count { (account.traffic, account.notUndone) = (nil, []) }
    return account
  }

  /// Whether anything needs attention.
  package var isWrong: Bool { traffic != nil || !wrong.isEmpty || !notUndone.isEmpty }

  /// What the deployment left, as a clause for a list, such as `traffic left shifted, 2 hosts wrong`. Nil if nothing needs attention.
  package var clause: String? {
    let parts = [
      traffic.map { _ in "traffic left wrong" }, wrong.isEmpty ? nil : "\(wrong.count.of("host")) left wrong",
      notUndone.isEmpty ? nil : "\(notUndone.count.of("stage")) not undone",
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Returns what needs attention, one item a line. At most 20 hosts are listed.
  package func concerns(on surface: Surface) -> [String] { concerns.map { surface.paint($0, .bad) } }

  /// The lines of `concerns(on:)`, without colours.
  var concerns: [String] {
    let hosts = wrong.prefix(20).map { "\(SafeText.line($0.host)): \($0.why)" } + (wrong.count > 20 ? ["and \(wrong.count - 20) more"] : [])
    let stages = notUndone.map { "stage \(SafeText.line($0)): not undone" }
    return [traffic].compactMap { $0 } + hosts + stages
  }

  /// Returns what people did to the deployment, one action a line, in chronological order.
  package func said(on surface: Surface) -> [String] {
    words.map { word in
      let gate = word.gate.map { " \"\(SafeText.line($0))\"" } ?? ""
      let comment = word.comment.isEmpty ? "" : ": " + SafeText.line(word.comment)
      let refused = word.accepted == false ? " (refused)" : ""
      return "\(When(word.at, zone: surface.zone).full)  \(SafeText.line(word.by)) \(word.verb)\(gate)\(comment)\(refused)"
    }
  }

  /// Fields for programs: who made the request and why, the messages, and what the deployment left.
  package var members: [(String, Value?)] {
    let said = words.map { word in
      JSON.record([
        ("at", .text(When.iso(word.at))), ("by", .text(word.by)), ("verified", .bool(false)), ("did", .text(word.verb)),
        ("gate", word.gate.map { .text($0) }), ("comment", word.comment.isEmpty ? nil : .text(word.comment)),
        ("accepted", word.accepted.map { .bool($0) }),
      ])
    }
    return [
      ("provenance", provenance?.value), ("said", .list(said)),
      ("weights_left", weights?.value), ("traffic_left_wrong", traffic.map { .text($0) }),
      (
        "hosts_left_wrong",
        .list(wrong.map { JSON.record([("host", .text($0.host)), ("reason", .text($0.why))]) })
      ), ("not_undone", notUndone.isEmpty ? nil : .list(notUndone.map { .text($0) })),
    ]
  }
}

extension DeploymentStory {
  /// What people did to the deployment, in chronological order.
  fileprivate var words: [Account.Word] {
    let spoken = messages.map { one in
      let gate = one.message.kind.isAnswer ? one.gate ?? one.message.gate : nil
      return Account.Word(
        at: one.at, by: one.message.by, verb: one.message.kind.past, gate: gate, comment: one.message.comment, accepted: one.accepted)
    }
    return (spoken + others).sorted { $0.at.milliseconds < $1.at.milliseconds }
  }

  /// What people did without a message: signals, and engines that resumed the deployment.
  private var others: [Account.Word] {
    signals.map { Account.Word(at: $0.at, by: $0.by, verb: $0.verb, gate: nil, comment: $0.comment, accepted: nil) }
  }

  /// The weights that the deployment left, if they differ from those at the start. Nil if they are equal, or if nothing was shifted.
  fileprivate var leftWeights: Weights? { weights.flatMap { $0.last == $0.first ? nil : $0.last } }

  /// What is wrong with the traffic at the end, in a sentence, or nil if the journal shows nothing wrong.
  fileprivate var trafficLeft: String? {
    guard let conclusion else { return nil }
    if let stray = conclusion.traffic {
      return "The traffic could not be put back to \(SafeText.line(stray.wanted.sentence)): \(SafeText.line(stray.message))"
    }
    guard [.failed, .cancelled].contains(conclusion.status), let left = leftWeights else { return nil }
    return "The traffic is left at \(SafeText.line(left.sentence))"
  }
}

extension Message.Kind {
  /// A verb in the past tense that says what the message did.
  fileprivate var past: String {
    switch self {
    case .cancel: "cancelled"
    case .pause: "paused"
    case .resume: "resumed"
    case .approve: "approved"
    case .reject: "rejected"
    case .promote: "promoted"
    }
  }

  /// Whether this kind of message answers a gate.
  package var isAnswer: Bool { [.approve, .reject, .promote].contains(self) }
}
