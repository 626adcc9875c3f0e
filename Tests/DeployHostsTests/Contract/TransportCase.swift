import DeployCore
import DeployModel
import Testing

/// A transport that keeps the contract. A new one gets a case here, and a ground that reaches a host of its own.
enum TransportCase: String, CaseIterable, CustomTestStringConvertible, Sendable {
  case simulated, local, ssh

  var testDescription: String { rawValue }

  /// The ones that can be tried here; what is missing is said out loud.
  static let here: [TransportCase] = allCases.filter { transport in
    guard transport == .ssh, !Sshd.isInstalled else { return true }
    print("SKIPPED: the contract of transports over ssh: there is no sshd, ssh or ssh-keygen here")
    return false
  }

  /// An untouched host, and what it takes to get there.
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

/// A host of one transport, with what happens there that no transport can be asked for.
protocol ContractGround: Sendable {
  var host: DeployModel.Host { get }
  /// A host of the same transport that nobody can reach; nil: this transport always reaches its host.
  var away: DeployModel.Host? { get }
  /// The deployment's folder on the host.
  var path: String { get }
  /// A folder of the engine's machine.
  var folder: String { get }
  var store: ShelfStore { get }
  /// A transport of another engine.
  func engine(secrets: [String: String]) throws -> any Transport
  /// Makes something happen that somebody else does: an accident, a person.
  func happen(_ accident: Accident)
  /// The text of a file of the engine's machine; nil: it is not there.
  func text(onMachine path: String) -> String?
  /// Permission bits of a file of the host; nil: it is not there.
  func mode(of path: String) -> Int?
  func end() async
}

/// What happens to a host, or on the engine's machine, without an operation.
enum Accident: Sendable {
  /// The runner of a job is killed.
  case runnerDies(Deployment.ID, Int)
  /// `current` becomes something that Lander did not make; nil: it is taken away.
  case current(ForeignCurrent?)
  /// A release loses its folder, its manifest, or one of its entries.
  case damage(ReleaseDamage)
  /// Nothing is at a path below the deployment's folder.
  case absent(String)
  /// A folder is made below the deployment's folder.
  case folder(String)
  /// A file is on the engine's machine.
  case machineFile(String, String, mode: Int)
}
