/// A request to a host or to the engine's machine. Recipes yield operations, the journal records them, `plan` prints them, transports
/// perform them, and the simulator answers them. Indirect, because large operations are kept and passed on.
package indirect enum Operation: Sendable, Hashable, Codable {
  /// Runs a command: an effect, at most once.
  case run(Command)
  /// Reads a file of at most `limit` bytes.
  case read(path: String, limit: Int)
  case exists(path: String)
  /// Asks once whether something answers; a *no* is an outcome, not an error.
  case check(Check)
  /// Asks a server by http from the engine's machine. A GET is a question; a POST is an effect, at most once.
  case http(HTTPRequest)
  case write(path: String, content: Text, mode: Int?, owner: String?)
  case link(target: String, path: String)
  /// Copies a file or folder of the engine machine to the host.
  case upload(from: String, to: String)
  /// Copies a file of the host to the engine machine.
  case download(from: String, to: String)
  /// Makes a release complete and verified on the host, and sends only what the host lacks. An existing release is compared with its
  /// manifest.
  case stage(Release)
  /// Makes a release current by one rename. Nil removes `current` and its receipt, because there were none before.
  case activate(Release.ID?)
  /// Restores a `current` link that Lander did not make, by its text.
  case relink(String)
  /// Removes a release that was staged and never became current.
  case discard(Release.ID)
  /// Removes all but the newest `keep` releases; current, previous good and `pinned` always stay.
  case prune(keep: Int, pinned: [Release.ID])
  /// Removes what Lander made on the host: `current`, all releases and their records; with `shared` also the data of the application.
  /// Answers with the names of everything that stays in the folder.
  case remove(shared: Bool)
  /// Writes the host's receipt, and keeps the recipe sources it names beside it.
  case record(Receipt)
  /// Takes the host's lock and raises its fence, or names the holder.
  case lock(LockRequest)
  /// Gives the host's lock back. If the host's receipt belongs to `good`, it is no longer on trial. `left` stays on the host until the next
  /// receipt.
  case unlock(token: String, good: Deployment.ID? = nil, left: FailedRestore? = nil)
  /// Keeps the host's lock without an engine, until somebody resumes or the time is over.
  case park(ParkRequest)
  /// Resumes a parked deployment: the lock has an engine again.
  case unpark(UnparkRequest)
  /// Remembers that a stage begins, or how it ended.
  case mark(MarkRequest)
  /// Reads the recipe sources kept on the host under a digest.
  case sources(Digest)
  /// One part of an installation by the release's appspec file. It consists of commands that run at most once each.
  case appspec(AppSpecStep)

  /// Whether the operation may be repeated without harm, because it changes nothing.
  package var isProbe: Bool {
    switch self {
    case .read, .exists, .check, .sources: true
    case .http(let request): !request.isEffect
    default: false
    }
  }

  /// Whether a recipe asks for the operation and it changes something, which is not taken back.
  package var changes: Bool {
    switch self {
    case .run(let command): command.isQuestion != true
    case .http(let request): request.isEffect
    case .write, .link, .upload: true
    default: false
    }
  }

  /// The operation's verb in journals, plans and error messages.
  package var verb: String {
    switch self {
    case .run: "run"
    case .read: "read"
    case .exists: "exists"
    case .check: "check"
    case .http: "http"
    case .write: "write"
    case .link: "link"
    case .upload: "upload"
    case .download: "download"
    case .stage: "stage"
    case .activate: "activate"
    case .relink: "relink"
    case .discard: "discard"
    case .prune: "prune"
    case .remove: "remove"
    case .record: "record"
    case .lock: "lock"
    case .unlock: "unlock"
    case .park: "park"
    case .unpark: "unpark"
    case .mark: "mark"
    case .sources: "sources"
    case .appspec: "appspec"
    }
  }
}

/// A command to run.
package struct Command: Sendable, Hashable, Codable {
  package enum Form: Sendable, Hashable, Codable {
    /// Given to `sh -c`.
    case shell(String)
    /// Started as it is, without a shell.
    case argv([String])
  }
  package struct Variable: Sendable, Hashable, Codable {
    package var name: String
    package var value: Text
    package init(_ name: String, _ value: Text) {
      self.name = name
      self.value = value
    }
  }
  package var form: Form
  /// In the order of their names.
  package var environment: [Variable]
  /// Relative to the release; nil: the release itself.
  package var directory: String?
  package var input: Text?
  /// The user it runs as; nil: the login user.
  package var user: String?
  /// Both streams as one, in exact order (`2>&1`).
  package var merge: Bool
  /// What happens to the command if the connection is lost for good.
  package var onLost: OnLost

  /// Whether the command only counts as ended when its output is closed too, within its time; nil: no.
  package var awaitsOutput: Bool?

  /// Whether the command changes nothing and may be started again; its first answer counts. Nil: it is an effect.
  package var isQuestion: Bool?

  package enum OnLost: String, Sendable, Hashable, Codable { case fail, `repeat` }

  package init(
    _ form: Form, environment: [Variable] = [], directory: String? = nil, input: Text? = nil, user: String? = nil, merge: Bool = false,
    onLost: OnLost = .fail, awaitsOutput: Bool? = nil, isQuestion: Bool? = nil
  ) {
    self.form = form
    self.environment = environment
    self.directory = directory
    self.input = input
    self.user = user
    self.merge = merge
    self.onLost = onLost
    self.awaitsOutput = awaitsOutput
    self.isQuestion = isQuestion
  }

  /// The command as it would be typed, for messages; never for a shell.
  package var line: String {
    switch form {
    case .shell(let line): line
    case .argv(let words): words.joined(separator: " ")
    }
  }
}

/// One question to a host: does this answer?
package enum Check: Sendable, Hashable, Codable {
  /// GET from the host itself; healthy if the status is in `status` (200…399 if that is empty).
  case http(url: String, status: [Int])
  /// A TCP port on the host accepts a connection.
  case port(Int)
  /// The command exits with 0.
  case command(String)
}
