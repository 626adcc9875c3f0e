import DeployCore
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// Provides the names of this machine and of the person who acts, and makes unique ids.
enum Identity {
  /// This machine's own name.
  static var machine: String {
    var name = [CChar](repeating: 0, count: 256)
    return gethostname(&name, name.count - 1) == 0
      ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self) : "unknown"
  }

  /// `user@machine`.
  static var actor: String {
    let user =
      getpwuid(geteuid()).flatMap { $0.pointee.pw_name.map { String(cString: $0) } }
      ?? Folder.variable("USER") ?? "\(geteuid())"
    return "\(user)@\(machine)"
  }

  /// The CI system that runs this command, or nil if Lander knows none.
  static var system: CISystem? { CISystem(Folder.variable) }

  /// The name from the command line or, if there is none, from the CI system, followed by the login.
  static var named: String { Provenance(actor: introduced.withLock { $0 } ?? system?.actor).actor(over: actor) }

  /// Sets the name that this process puts into its messages to deployments from now on. If it is nil, the name from the CI system is used.
  static func introduce(_ name: String?) { introduced.withLock { $0 = name } }
  private static let introduced = Mutex<String?>(nil)

  /// Makes a new identity for a plan: an id such as `20261121-113045-x7k2`, a token and a seed.
  static func make() -> Planner.Identity {
    let now = SystemClock.now
    let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
    let tail = String((0..<4).map { _ in letters.randomElement() ?? "x" })
    let when = When(now)
    let date = "\(when.year * 10_000 + when.month * 100 + when.day)"
    let time = "\(1_000_000 + when.hour * 10_000 + when.minute * 100 + when.second)".dropFirst()
    let token = (0..<4).map { _ in String(UInt32.random(in: 0x1000_0000...0xFFFF_FFFF), radix: 16) }
      .joined()
    return Planner.Identity(
      id: Deployment.ID("\(date)-\(time)-\(tail)"), actor: actor, at: now, engine: Version.number, token: token,
      seed: UInt64.random(in: 0...UInt64.max))
  }

  /// Makes a deployment id in the form that the CodeDeploy agent's local program uses.
  static func localDeployment() -> Deployment.ID {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return Deployment.ID("d-" + String((0..<9).map { _ in letters.randomElement() ?? "A" }) + "-local")
  }
}
