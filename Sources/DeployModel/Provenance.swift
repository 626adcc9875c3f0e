/// Where a deployment came from: who asked for it, why, from which commit, in which job of a CI system, and who signed the bundle.
package struct Provenance: Sendable, Hashable, Codable {
  /// The actor's name from the caller or the CI system: a label, not an identity. Nil: only the login is known.
  package var actor: String?
  /// The reason, on one line; nil: none was given.
  package var message: String?
  /// In the order of their names.
  package var labels: [Label]
  /// The commit that the bundle was made from; nil: unknown.
  package var commit: Commit?
  /// The new commits compared with what hosts ran; nil: unknown, or nothing is new.
  package var changes: CommitRange?
  /// The job; nil: no CI system runs the command.
  package var job: Job?
  /// The bundle's signer, by the policy of the machine that planned; nil: no signer whom that policy knows.
  package var signer: String?

  /// A job of a CI system.
  package struct Job: Sendable, Hashable, Codable {
    /// `github`, `gitlab` …
    package var system: String
    /// Its page; nil: the system does not say.
    package var url: String?
    package init(system: String, url: String? = nil) {
      self.system = system
      self.url = url
    }
  }

  /// The limits of the parts, in bytes of UTF-8.
  package static let (actorLimit, messageLimit, urlLimit) = (128, 2000, 1000)

  package init(
    actor: String? = nil, message: String? = nil, labels: [Label] = [], commit: Commit? = nil, changes: CommitRange? = nil, job: Job? = nil,
    signer: String? = nil
  ) {
    self.actor = actor
    self.message = message
    self.labels = labels
    self.commit = commit
    self.changes = changes
    self.job = job
    self.signer = signer
  }

  /// The provenance; nil: it is empty.
  package var nilIfEmpty: Provenance? { self == Provenance() ? nil : self }

  /// The reason: the given message, otherwise the commit's subject.
  package var reason: String? { message ?? commit?.subject }

  /// The actor, followed by the login that the machine confirms: `kim via runner@ci7`. It ends in `@` and the machine's name.
  package func actor(over login: String) -> String { actor.map { "\($0) via \(login)" } ?? login }

  /// The provenance for a rollback: who, and from where. The rest concerns the failed deployment.
  package var ofRollback: Provenance? { Provenance(actor: actor, labels: labels, job: job).nilIfEmpty }

  /// The provenance for a host's receipt.
  /// - Parameter commit: of the release that the host is brought to.
  package func ofReceipt(at commit: Commit?) -> Provenance? {
    Provenance(actor: actor, message: message, labels: labels, commit: commit, job: job, signer: signer).nilIfEmpty
  }

  /// A text from outside on one line, without control characters, cut to a number of bytes; nil if nothing is left.
  package static func line(_ text: String, limit: Int) -> String? {
    var words: [String] = []
    var word = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) || scalar == " " {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    if !word.isEmpty { words.append(word) }
    var line = words.joined(separator: " ")
    guard line.utf8.count > limit else { return line.isEmpty ? nil : line }
    while line.utf8.count > limit - 3 { line.unicodeScalars.removeLast() }
    return line + "…"
  }

  /// C0 and C1 controls, and the two separators that end a line.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }
}
