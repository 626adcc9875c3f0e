import DeployCore
import DeployModel
import Testing

/// The transports that must keep the contract. A new transport needs a case here, and a ground with a host that it reaches.
enum TransportCase: String, CaseIterable, CustomTestStringConvertible, Sendable {
  case simulated, local, ssh

  var testDescription: String { rawValue }

  /// The transports that can be tested on this machine. Prints which ones are skipped.
  static let here: [TransportCase] = allCases.filter { transport in
    guard transport == .ssh, !Sshd.isInstalled else { return true }
    print("SKIPPED: the contract of transports over ssh: there is no sshd, ssh or ssh-keygen here")
    return false
  }

  /// Returns a new host of this transport.
  func ground() throws -> any ContractGround {
    switch self {
    case .simulated: return SimulatedGround()
    case .local: return try RealGround(over: nil)
    case .ssh:
      guard let sshd = LoopbackSshd.current else { throw Failure(.internal, "the suite has started no sshd") }
      return try RealGround(over: sshd)
    }
  }
}

/// A host of one transport, with changes to the host that no transport can be asked for.
protocol ContractGround: Sendable {
  var host: DeployModel.Host { get }
  /// A host of this transport that is unreachable; nil: this transport always reaches its host.
  var away: DeployModel.Host? { get }
  /// The path of the deployment's folder on the host.
  var path: String { get }
  /// The path of a folder on the engine's machine.
  var folder: String { get }
  var store: ShelfStore { get }
  /// Returns the transport of another engine.
  func engine(secrets: [String: String]) throws -> any Transport
  /// Changes the host or the engine's machine as an accident or another person would.
  func happen(_ accident: Accident)
  /// Returns the text of a file on the engine's machine; nil: the file does not exist.
  func text(onMachine path: String) -> String?
  /// Returns the permission bits of a file on the host; nil: the file does not exist.
  func mode(of path: String) -> Int?
  func end() async
}

/// A change of a host, or of the engine's machine, that is not an operation.
enum Accident: Sendable {
  /// Kills the runner of a job.
  case runnerDies(Deployment.ID, Int)
  /// Replaces `current` with something that Lander did not make; nil: removes `current`.
  case current(ForeignCurrent?)
  /// Removes the folder, the manifest or an entry of a release.
  case damage(ReleaseDamage)
  /// Removes what is at a path below the deployment's folder.
  case absent(String)
  /// Creates a folder below the deployment's folder.
  case folder(String)
  /// Creates a file on the engine's machine.
  case machineFile(String, String, mode: Int)
}
