import DeployCore
import DeployGround
package import DeployModel

extension Hosts {
  /// How hosts are reached. The defaults are for production; labs and tests use other values.
  package struct Options: Sendable {
    /// Another configuration file for OpenSSH's client, as with `-F`, or nil for the usual one.
    package var sshConfig: String?
    /// Further arguments of `ssh`, before the host.
    package var sshArguments: [String] = []
    /// The program to run as `ssh`.
    package var ssh = "ssh"
    /// How long a host may stay out of reach in the middle of a deployment.
    package var patience = Interval.minutes(2)
    /// The number of tries to connect in a survey, if the cause may pass.
    package var attempts = 3
    /// How long a login may take until the shell accepts commands.
    package var login = Interval.seconds(60)
    /// How long a short command may take. After that the channel counts as broken.
    package var answer = Interval.seconds(60)
    /// The number of connections that may be opened at the same time.
    package var admitted = 30
    /// The limit of each stream of a command that a host keeps, in bytes.
    package var outputLimit = 64 << 20
    /// The number of bytes a second from which a connection counts as fast. Data is sent uncompressed on a fast connection, and
    /// compressed on others.
    package var fastLine = LinePace.enough
    /// The time between TERM and KILL, when a command is ended.
    package var grace = Interval.seconds(10)
    /// Returns the whole environment of the shell of a host on this machine, as `NAME=value`, or nil if the shell gets who and where.
    package var surroundings: (@Sendable (DeployModel.Host) -> [String])?
    package init() {}
  }
}

/// How to reach the shell of a host: an argv, and the text for the program that it starts.
struct Reach: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case ssh, local, other }
  let kind: Kind
  let argv: [String]
  /// What a person types to reach the host.
  let typed: String
  let name: String
  /// The whole environment of a shell on this machine, or nil if it says who and where.
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

  /// - Throws: kind `invalid` if the host has neither an argv of its own nor a transport that gives a shell. The message lists
  ///   those transports.
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

  /// Returns the argv to start, and the words that follow the first answer on the first line. The nonce is only in that line, never
  /// in the argv: every user of a machine can read every argv.
  func start() -> (argv: [String], then: String) {
    let obey = "exec sh -c '\(HostProgram.loop)'"
    switch kind {
    case .ssh: return (argv + [obey], "")
    case .local: return (argv + ["-c", HostProgram.loop], "")
    // This shell may read ahead, so it gets nothing more until the loop has replaced it.
    case .other: return (argv, "; \(obey)")
    }
  }

  /// The environment of a shell on this machine: it says who and where, and contains nothing else that the engine was given. Nil:
  /// the engine's own.
  var environment: [String]? {
    guard kind == .local else { return nil }
    if let surroundings { return surroundings }
    let names: Set<String> = ["HOME", "USER", "LOGNAME", "PATH", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM", "XDG_RUNTIME_DIR"]
    return Spawn.environment { names.contains($0) || $0.hasPrefix("LC_") }
  }
}
