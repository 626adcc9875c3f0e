import DeployCore
import DeployGround
package import DeployModel

extension Hosts {
  /// How hosts are reached. The defaults are for production. Labs and tests use other values.
  package struct Options: Sendable {
    /// The configuration file for OpenSSH's client, as with `-F`, or nil for the usual file.
    package var sshConfig: String?
    /// Additional arguments of `ssh`, which come before the host.
    package var sshArguments: [String] = []
    /// The program to run as `ssh`.
    package var ssh = "ssh"
    /// How long a host is allowed to stay unreachable in the middle of a deployment.
    package var patience = Interval.minutes(2)
    /// The number of times that a survey tries to connect if the cause of a failure might be temporary.
    package var attempts = 3
    /// The time limit for a login, from its start until the shell accepts commands.
    package var login = Interval.seconds(60)
    /// The time limit for a short command. If there is no answer by then, the channel counts as broken.
    package var answer = Interval.seconds(60)
    /// The largest number of connections that are being opened at the same time.
    package var admitted = 30
    /// The largest number of bytes that a host keeps of each stream of a command.
    package var outputLimit = 64 << 20
    /// A connection counts as fast if it transfers at least this number of bytes per second. Data is sent uncompressed on a fast
    /// connection, and compressed on any other.
    package var fastLine = LinePace.enough
    /// A host counts as near if it has answered a request within this time. For a bundle of a few megabytes, Lander finds out how fast the
    /// connection is only if the host is near.
    package var near = Interval(milliseconds: 10)
    /// Whether a host that is reached over SSH keeps a copy of the host program in the home folder of its login user.
    package var keepsProgram = true
    /// The time between TERM and KILL, when a command is ended.
    package var grace = Interval.seconds(10)
    /// Returns the whole environment for the shell of a host on this machine, as `NAME=value`. If this property is nil, the shell gets only
    /// a few of the engine's variables, such as HOME and PATH.
    package var surroundings: (@Sendable (DeployModel.Host) -> [String])?
    package init() {}
  }
}

/// How to reach the shell of a host: an argv, and the input for the program that the argv starts.
struct Reach: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case ssh, local, other }
  let kind: Kind
  let argv: [String]
  /// What a person types to reach the host.
  let typed: String
  let name: String
  /// The whole environment of a shell on this machine. If it is nil, the shell gets only a few of the engine's variables, such as HOME and
  /// PATH.
  private var surroundings: [String]?

  /// Makes the `Reach` of a host, for a built-in transport that gives a shell.
  typealias Factory = @Sendable (DeployModel.Host, Hosts.Options) -> Reach

  /// The factories, each with the name of its transport.
  static let factories: [(name: String, make: Factory)] = [
    (OwnTransport.ssh.name, { Reach(overSSH: $0, options: $1) }),
    (
      OwnTransport.local.name,
      { host, options in
        var reach = Reach(.local, ["sh"], typed: "sh", name: host.machine)
        reach.surroundings = options.surroundings?(host)
        return reach
      }
    ),
  ]

  /// - Throws: kind `invalid` if the host has no argv of its own, and its transport gives no shell. The message lists the transports that
  ///   do.
  init(_ host: DeployModel.Host, options: Hosts.Options) throws(Failure) {
    if let argv = host.argv, !argv.isEmpty {
      self.init(.other, argv, typed: argv.map(Quoting.word).joined(separator: " "), name: host.machine)
      return
    }
    guard let factory = Self.factories.first(where: { $0.name.isExactly(host.transport) }) else {
      throw Failure(
        .invalid, "host \(host.name): no transport \"\(host.transport)\" gives a shell",
        fix: NearMatch.hint(host.transport, among: Self.factories.map(\.name)))
    }
    self = factory.make(host, options)
  }

  private init(_ kind: Kind, _ argv: [String], typed: String, name: String) {
    self.kind = kind
    self.argv = argv
    self.typed = typed
    self.name = name
  }

  private init(overSSH host: DeployModel.Host, options: Hosts.Options) {
    var words = [options.ssh, "-T"]
    if let config = options.sshConfig { words += ["-F", config] }
    words += options.sshArguments
    var plain = ["ssh"]
    for (flag, value) in [("-p", host.port.map(String.init)), ("-l", host.user)] {
      if let value { plain += [flag, value] }
    }
    words += plain.dropFirst()
    for setting in [
      "BatchMode=yes", "ServerAliveInterval=5", "ServerAliveCountMax=3", "ConnectTimeout=10", "ClearAllForwardings=yes",
      "RemoteCommand=none", "ControlMaster=no",
    ] { words += ["-o", setting] }
    let address = host.address ?? host.machine
    self.init(.ssh, words + ["--", address], typed: (plain + [address]).map(Quoting.word).joined(separator: " "), name: host.machine)
  }

  /// Returns the argv to start, and the words for the end of the first line, after those that print the first answer. The nonce is only in
  /// that line and never in the argv, because every user of a machine can read every argv.
  func start() -> (argv: [String], then: String) {
    let obey = "exec sh -c '\(HostProgram.loop)'"
    switch kind {
    case .ssh: return (argv + [obey], "")
    case .local: return (argv + ["-c", HostProgram.loop], "")
    // This shell might read ahead, so nothing more is sent until the loop has replaced it.
    case .other: return (argv, "; \(obey)")
    }
  }

  /// The environment of a shell on this machine, or nil for the engine's own environment. It contains only a few of the engine's variables,
  /// such as HOME and PATH.
  var environment: [String]? {
    guard kind == .local else { return nil }
    if let surroundings { return surroundings }
    let names: Set<String> = ["HOME", "USER", "LOGNAME", "PATH", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM", "XDG_RUNTIME_DIR"]
    return Spawn.environment { names.contains($0) || $0.hasPrefix("LC_") }
  }
}
