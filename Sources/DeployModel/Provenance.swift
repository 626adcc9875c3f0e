/// Where a deployment comes from: who asked for it, why, from which commit and in which CI job, and who signed the bundle.
package struct Provenance: Sendable, Hashable, Codable {
  /// The person that the caller or the CI system names. Nobody verifies this label. Nil means that only the login is known.
  package var actor: String?
  /// The reason, on one line, or nil if none was given.
  package var message: String?
  /// The labels, sorted by name.
  package var labels: [Label]
  /// The commit that the bundle was made from, or nil if unknown.
  package var commit: Commit?
  /// The commits between the hosts' old commit and the new one, or nil if they are unknown or nothing is new.
  package var changes: CommitRange?
  /// The CI job that runs the command, or nil if no CI system runs it.
  package var job: Job?
  /// The verified signer of the bundle, or nil if the planning machine's policy names no such signer.
  package var signer: String?

  /// A job of a CI system.
  package struct Job: Sendable, Hashable, Codable {
    /// The CI system: `github`, `gitlab`, …
    package var system: String
    /// The web page of the job, or nil if the system names none.
    package var url: String?
    package init(system: String, url: String? = nil) {
      self.system = system
      self.url = url
    }
  }

  /// The limits of actor, message and URL, in bytes of UTF-8.
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

  /// This value, or nil if it is empty.
  package var nilIfEmpty: Provenance? { self == Provenance() ? nil : self }

  /// The reason: the given message or, without a message, the subject of the commit. Nil if neither is known.
  package var reason: String? { message ?? commit?.subject }

  /// Returns the actor followed by the login, whose name the machine confirms: `kim via runner@ci7`. If the actor is nil, returns only the
  /// login.
  package func actor(over login: String) -> String { actor.map { "\($0) via \(login)" } ?? login }

  /// The provenance of a rollback: who asked for it, the labels and the job. The rest belongs to the failed deployment. Nil if nothing is
  /// known.
  package var ofRollback: Provenance? { Provenance(actor: actor, labels: labels, job: job).nilIfEmpty }

  /// Returns the provenance for a host's receipt, or nil if it would be empty.
  /// - Parameter commit: the commit of the release that the host gets.
  package func ofReceipt(at commit: Commit?) -> Provenance? {
    Provenance(actor: actor, message: message, labels: labels, commit: commit, job: job, signer: signer).nilIfEmpty
  }

  /// Returns a string from outside as one line without control characters, cut to `limit` bytes, or nil if nothing is left.
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

  /// Whether a scalar is a C0 or C1 control character, or one of the two Unicode line separators.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }
}
