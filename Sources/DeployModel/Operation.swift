/// A request to a host or to the engine's machine. Recipes ask for operations, the journal records them, `plan` prints them, transports
/// perform them, and the simulator answers them. The enum is indirect because large operations are stored and passed on.
package indirect enum Operation: Sendable, Hashable, Codable {
  /// Runs a command at most once.
  case run(Command)
  /// Reads a file of at most `limit` bytes.
  case read(path: String, limit: Int)
  case exists(path: String)
  /// Asks once whether a port, a URL or a command gives a good answer. The answer *no* is an outcome, not an error.
  case check(Check)
  /// Sends an http request from the engine's machine. A GET changes nothing and is allowed to be repeated. A POST is sent at most once.
  case http(HTTPRequest)
  case write(path: String, content: Text, mode: Int?, owner: String?)
  case link(target: String, path: String)
  /// Copies a file or folder from the engine's machine to the host.
  case upload(from: String, to: String)
  /// Copies a file from the host to the engine's machine.
  case download(from: String, to: String)
  /// Makes a release complete and verified on the host, and sends only the files that the host lacks. A release that is already there is
  /// compared with its manifest.
  case stage(Release)
  /// Makes a release current by one rename. With nil, removes `current` and its receipt, because neither existed before the deployment.
  case activate(Release.ID?)
  /// Restores a `current` link that Lander did not create, with this target.
  case relink(String)
  /// Removes a release that was sent but never became current.
  case discard(Release.ID)
  /// Removes all releases except the newest `keep`. The current one, the previous good one and those in `pinned` always stay.
  case prune(keep: Int, pinned: [Release.ID])
  /// Removes what Lander created on the host: `current`, all releases and their records. With `shared`, also removes the application's
  /// data. The outcome lists everything that stays in the folder.
  case remove(shared: Bool)
  /// Writes the host's receipt, and stores, next to it, the recipe sources that the receipt names.
  case record(Receipt)
  /// Takes the host's lock and raises its fence. If somebody else holds the lock, the outcome names the holder.
  case lock(LockRequest)
  /// Releases the host's lock. If the host's receipt belongs to the deployment `good`, the host marks the receipt as good. The host keeps
  /// `left` until the next receipt.
  case unlock(token: String, good: Deployment.ID? = nil, left: FailedRestore? = nil)
  /// Keeps the host's lock without an engine, until somebody resumes the deployment or the time has run out.
  case park(ParkRequest)
  /// Gives the lock of a parked deployment to an engine that resumes it.
  case unpark(UnparkRequest)
  /// Records on the host that a stage begins, or how the stage ended.
  case mark(MarkRequest)
  /// Reads the recipe sources that the host keeps under this digest.
  case sources(Digest)
  /// Performs one step of an installation by the release's appspec file. Each of the step's commands, which are its parts, runs at most
  /// once.
  case appspec(AppSpecStep)

  /// Whether the operation changes nothing, so that it can be repeated.
  package var isProbe: Bool {
    switch self {
    case .read, .exists, .check, .sources: true
    case .http(let request): !request.isEffect
    default: false
    }
  }

  /// Whether the operation changes something that nothing reverses, because a recipe asked for the change.
  package var changes: Bool {
    switch self {
    case .http(let request): request.isEffect
    case .run, .write, .link, .upload: true
    default: false
    }
  }

  /// The operation's verb, for journals, plans and error messages.
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

/// A command that runs on a host or on the engine's machine.
package struct Command: Sendable, Hashable, Codable {
  package enum Form: Sendable, Hashable, Codable {
    /// A command line for `sh -c`.
    case shell(String)
    /// A program and its arguments, started without a shell.
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
  /// The environment variables, sorted by name.
  package var environment: [Variable]
  /// The working directory, relative to the release's folder, or nil for that folder.
  package var directory: String?
  package var input: Text?
  /// The user that runs the command, or nil for the login user.
  package var user: String?
  /// Whether stdout and stderr are captured as one stream, in the order in which the command writes (`2>&1`).
  package var merge: Bool
  /// What happens to the command if the connection is lost for good.
  package var onLost: OnLost

  package enum OnLost: String, Sendable, Hashable, Codable { case fail, `repeat` }

  package init(
    _ form: Form, environment: [Variable] = [], directory: String? = nil, input: Text? = nil, user: String? = nil, merge: Bool = false,
    onLost: OnLost = .fail
  ) {
    self.form = form
    self.environment = environment
    self.directory = directory
    self.input = input
    self.user = user
    self.merge = merge
    self.onLost = onLost
  }

  /// The command as a person would type it. This is for messages only, because it is not quoted for a shell.
  package var line: String {
    switch form {
    case .shell(let line): line
    case .argv(let words): words.joined(separator: " ")
    }
  }
}

/// One question to a host: does this answer?
package enum Check: Sendable, Hashable, Codable {
  /// An http GET from the host itself. The host is healthy if `status` contains the answer's status. An empty list means 200…399.
  case http(url: String, status: [Int])
  /// A connection to this TCP port of the host is accepted.
  case port(Int)
  /// The shell command exits with 0.
  case command(String)
}
