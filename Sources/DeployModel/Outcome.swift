/// The result of one operation.
package struct Outcome: Sendable, Hashable, Codable {
  /// Why the operation failed, or nil if it succeeded. A command that exits with a status other than 0 has a failure of kind `command`.
  @Apart package var failure: Failure?
  /// The value that the operation returns, such as a file's text or whether a path exists, or `.null` if there is none.
  package var value: Value
  /// The exit status, or nil if the operation ran no command or the command did not exit.
  package var status: Int?
  @Apart package var stdout: Captured?
  @Apart package var stderr: Captured?
  /// Warnings for people. Each warning has one or more lines, and does not make the operation fail. Nil if there are none.
  package var warnings: [String]?
  package var duration: Interval

  package init(
    failure: Failure? = nil, value: Value = .null, status: Int? = nil, stdout: Captured? = nil, stderr: Captured? = nil,
    duration: Interval = .zero
  ) {
    self.failure = failure
    self.value = value
    self.status = status
    self.stdout = stdout
    self.stderr = stderr
    self.duration = duration
  }

  package static func done(_ value: Value = .null) -> Outcome { Outcome(value: value) }
  package static func failed(_ kind: Failure.Kind, _ message: String, fix: String? = nil) -> Outcome {
    Outcome(failure: Failure(kind, message, fix: fix))
  }
}

/// The output of one stream of a command, cut to a limit.
package struct Captured: Sendable, Hashable, Codable {
  /// At most `limit` bytes of the output: its beginning, a line that says how much was left out, and its end.
  package var text: String
  /// The number of bytes that the command wrote.
  package var bytes: Int
  package var truncated: Bool
  /// The digest of the whole output, in which secrets have been replaced, or nil if the command wrote nothing.
  package var digest: Digest?
  package init(text: String, bytes: Int? = nil, truncated: Bool = false, digest: Digest? = nil) {
    self.text = text
    self.bytes = bytes ?? text.utf8.count
    self.truncated = truncated
    self.digest = digest
  }
  /// The limit of each stream in an outcome, in bytes. The whole output is in the spool.
  package static let limit = 256 * 1024
}

/// Why an operation failed. The kind decides what the engine does next, and the message is for people.
package struct Failure: Error, Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Hashable, Codable {
    /// A command exited with a status other than 0, or was ended by a signal.
    case command
    case timeout
    case cancelled
    /// The host cannot be reached, or can no longer be reached.
    case unreachable
    /// The outcome of a job is unknown, because the process that ran it died or the host rebooted.
    case lost
    /// The host refuses the request, because it has seen a newer fence or has another owner.
    case fenced
    /// Somebody else holds the lock.
    case locked
    /// Something that the operation needs is missing: a tool, a file, a user or a secret.
    case missing
    case noSpace
    case notPermitted
    /// The digest of some content is not what it should be.
    case corrupt
    /// The request is invalid.
    case invalid
    /// A recipe used a name that does not exist. This is an error, no matter what hosts answer.
    case misnamed
    /// A check got the answer *no*.
    case unhealthy
    /// A person rejected the deployment, or nobody answered in time.
    case rejected
    /// A gate that checked or measured hosts found the release bad.
    case unfit
    /// The recipe called `fail`, or raised an error.
    case failed
    case transport
    case store
    case `internal`
  }
  package var kind: Kind
  /// One sentence that states the request and its result.
  package var message: String
  /// What a person can do next, or nil if unknown.
  package var fix: String?
  package init(_ kind: Kind, _ message: String, fix: String? = nil) {
    self.kind = kind
    self.message = message
    self.fix = fix
  }
}

/// A piece of a running command's output, in which secrets have been replaced.
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
