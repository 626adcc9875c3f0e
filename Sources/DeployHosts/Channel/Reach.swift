import DeployCore
import DeployGround
package import DeployModel

extension Hosts {
  /// How hosts are reached. The defaults are for production, other values for labs and tests.
  package struct Options: Sendable {
    /// `-F`: another configuration file for OpenSSH's client.
    package var sshConfig: String?
    /// Further arguments of `ssh`, before the host.
    package var sshArguments: [String] = []
    /// The program to run as `ssh`.
    package var ssh = "ssh"
    /// How long a host may stay out of reach in the middle of a deployment.
    package var patience = Interval.minutes(2)
    /// The number of tries to connect in a survey, if the cause may pass.
    package var attempts = 3
    /// How long a login shell may take until it accepts commands.
    package var login = Interval.seconds(60)
    /// How long a short command may take; after that the channel counts as dead.
    package var answer = Interval.seconds(60)
    /// The most connections that are opened at the same time.
    package var admitted = 30
    /// The most bytes of each stream of a command that a host keeps.
    package var outputLimit = 64 << 20
    /// From this number of bytes a second a connection counts as fast. Data goes there uncompressed, and compressed to a slower one.
    package var fastLine = LinePace.enough
    /// The time between TERM and KILL.
    package var grace = Interval.seconds(10)
    package init() {}
  }
}

/// The way to a host's shell: an argv, and the text for the program that it starts.
struct Reach: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case ssh, local, other }
  let kind: Kind
  let argv: [String]
  /// What a person would type to get there.
  let typed: String
  let name: String

  /// Makes the way to a host, for a transport of the engine's own that gives a shell.
  typealias Factory = @Sendable (DeployModel.Host, Hosts.Options) -> Reach

  /// The factories, by the transport's name on hosts.
  static let factories: [(name: String, make: Factory)] = [
    (OwnTransport.ssh.name, { Reach(overSSH: $0, options: $1) }),
    (OwnTransport.local.name, { host, _ in Reach(.local, ["sh"], typed: "sh", name: host.machine) }),
  ]

  /// - Throws: kind `invalid` if the host has neither its own argv nor a transport that gives a shell; the message lists those that do.
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

  /// The whole argv to start, and what the first line says before and after the sign of life. The nonce is in that line only, because
  /// every user of a machine can read every argv.
  func start() -> (argv: [String], then: String) {
    let obey = "exec sh -c '\(HostProgram.loop)'"
    switch kind {
    case .ssh: return (argv + [obey], "")
    case .local: return (argv + ["-c", HostProgram.loop], "")
    // The shell may read ahead, so it gets nothing more until the loop has replaced it.
    case .other: return (argv, "; \(obey)")
    }
  }

  /// The environment of a shell on this machine: who and where, but nothing else that the engine was given.
  var environment: [String]? {
    guard kind == .local else { return nil }
    let names: Set<String> = ["HOME", "USER", "LOGNAME", "PATH", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM", "XDG_RUNTIME_DIR"]
    return Spawn.environment { names.contains($0) || $0.hasPrefix("LC_") }
  }
}
