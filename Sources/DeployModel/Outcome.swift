/// The result of one operation.
package struct Outcome: Sendable, Hashable, Codable {
  /// The failure; nil: the operation was done. A command that exits with a status other than 0 has a failure of kind `command`.
  package var failure: Failure?
  /// The returned value: a file's text, whether a path exists, a lock's answer; `.null`: nothing.
  package var value: Value
  /// Exit status of a command.
  package var status: Int?
  package var stdout: Captured?
  package var stderr: Captured?
  /// The stream that something started by the command still holds open although the command has ended.
  package var heldOpen: OutputChunk.Stream?
  /// Warnings for a person, each in one or more lines; they fail nothing. nil: there are none, as in journals of older versions.
  package var warnings: [String]?
  package var duration: Interval

  package init(
    failure: Failure? = nil, value: Value = .null, status: Int? = nil, stdout: Captured? = nil, stderr: Captured? = nil,
    heldOpen: OutputChunk.Stream? = nil, duration: Interval = .zero
  ) {
    self.failure = failure
    self.value = value
    self.status = status
    self.stdout = stdout
    self.stderr = stderr
    self.heldOpen = heldOpen
    self.duration = duration
  }

  package static func done(_ value: Value = .null) -> Outcome { Outcome(value: value) }
  package static func failed(_ kind: Failure.Kind, _ message: String, fix: String? = nil) -> Outcome {
    Outcome(failure: Failure(kind, message, fix: fix))
  }
}

/// The output of one stream of a command, kept to a limit.
package struct Captured: Sendable, Hashable, Codable {
  /// At most `limit` bytes: the beginning and the end, with a line between them that says how much was left out.
  package var text: String
  /// The number of all bytes that the command wrote.
  package var bytes: Int
  package var truncated: Bool
  /// The digest of the whole output, with secrets replaced; nil: nothing was written.
  package var digest: Digest?
  package init(text: String, bytes: Int? = nil, truncated: Bool = false, digest: Digest? = nil) {
    self.text = text
    self.bytes = bytes ?? text.utf8.count
    self.truncated = truncated
    self.digest = digest
  }
  /// The limit of each stream in an outcome, in bytes; the whole output is in the spool.
  package static let limit = 256 * 1024
}

/// Why an operation could not be done. The kind decides what happens next; the message is for people.
package struct Failure: Error, Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Hashable, Codable {
    /// A command exited with another status than 0, or by a signal.
    case command
    case timeout
    case cancelled
    /// The host cannot be reached, or can no longer be reached.
    case unreachable
    /// A job whose end is unknown (its runner died, or the host rebooted).
    case lost
    /// The host refuses: a newer fence, or another owner.
    case fenced
    /// Somebody else holds the lock.
    case locked
    /// Something required is missing: a tool, a file, a user, a secret.
    case missing
    case noSpace
    case notPermitted
    /// Content does not have the digest it should have.
    case corrupt
    /// The request makes no sense.
    case invalid
    /// A recipe used a name that does not exist, which is wrong whatever hosts answer.
    case misnamed
    /// A check answered no.
    case unhealthy
    /// A person rejected the deployment, or nobody answered in time.
    case rejected
    /// A gate that looked at hosts found the release bad.
    case unfit
    /// The recipe said `fail`, or raised.
    case failed
    case transport
    case store
    case `internal`
  }
  package var kind: Kind
  /// One sentence: the request and the result.
  package var message: String
  /// What to do next, if that is known.
  package var fix: String?
  package init(_ kind: Kind, _ message: String, fix: String? = nil) {
    self.kind = kind
    self.message = message
    self.fix = fix
  }
}

/// Bytes a running command wrote, secrets already replaced.
package struct OutputChunk: Sendable, Hashable {
  package enum Stream: String, Sendable, Hashable, Codable { case stdout, stderr }
  package var intent: Int
  package var place: Place
  package var stream: Stream
  package var offset: Int
  package var bytes: [UInt8]
  package init(intent: Int, place: Place, stream: Stream, offset: Int, bytes: [UInt8]) {
    self.intent = intent
    self.place = place
    self.stream = stream
    self.offset = offset
    self.bytes = bytes
  }
}
