import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

/// A folder of this machine as a host, which is reached directly or over an sshd on the loopback.
final class RealGround: ContractGround {
  let host: DeployModel.Host
  let away: DeployModel.Host?
  let folder: String
  let store: ShelfStore
  private let options: Hosts.Options
  private let sshd: Sshd?

  /// - Parameter sshd: the server to connect through; nil: the host is this machine itself.
  init(over sshd: Sshd?) throws {
    folder = Ground.makeFolder()
    store = ShelfStore(folder: folder)
    self.sshd = sshd
    var options = Hosts.Options()
    options.grace = .seconds(1)
    options.patience = .seconds(20)
    options.outputLimit = Act.limit
    options.sshConfig = sshd?.config
    self.options = options
    if sshd == nil {
      host = DeployModel.Host(name: "h1", transport: "local")
      away = nil
    } else {
      host = DeployModel.Host(name: "h1", address: "lander-test")
      // No server answers on this port, because only root could listen on it.
      away = DeployModel.Host(name: "away", address: "lander-test", port: 1)
    }
  }

  var path: String { "\(folder)/srv/shop" }

  func engine(secrets: [String: String]) -> any Transport {
    Hosts(options: options, store: store, vault: Vault(FixedSecrets(values: secrets)))
  }

  func happen(_ accident: Accident) {
    switch accident {
    case .runnerDies(let deployment, let intent):
      let file = "\(path)/.lander/jobs/\(deployment)/\(intent)/pid"
      if let pid = Ground.text(file)?.split(separator: " ").first.flatMap({ Int32($0) }) { kill(pid, SIGKILL) }
    case .current(let strange):
      let make =
        switch strange {
        case .link(let text)?: "ln -s '\(text)' current"
        case .folder?: "mkdir current"
        case .file?: "touch current"
        case nil: "true"
        }
      here("rm -rf current && \(make)")
    case .damage(let damage):
      switch damage.kind {
      case .gone: here("rm -rf 'releases/\(damage.release)'")
      case .unlisted: here("rm '.lander/manifests/\(damage.release)'")
      case .lacking: here("rm \"$(find 'releases/\(damage.release)' -type f | head -n 1)\"")
      }
    case .absent(let path): here("rm -rf '\(path)'")
    case .folder(let path): here("mkdir -p '\(path)'")
    case .machineFile(let path, let text, let mode):
      _ = FileManager.default.createFile(atPath: "\(folder)/\(path)", contents: Data(text.utf8), attributes: [.posixPermissions: mode])
    }
  }

  func text(onMachine path: String) -> String? { Ground.text("\(folder)/\(path)") }

  func mode(of path: String) -> Int? { Int(Ground.sh("stat -c %a '\(self.path)/\(path)' 2>/dev/null").trimmed, radix: 8) }

  func end() async { _ = Ground.sh("chmod -R u+rwx '\(folder)' 2>/dev/null; rm -rf '\(folder)'") }

  private func here(_ line: String) { _ = Ground.sh("mkdir -p '\(path)' && cd '\(path)' && \(line)") }
}

/// Starts one sshd on the loopback for all sentences of a suite, and stops it after the suite.
struct LoopbackSshd: SuiteTrait, TestScoping {
  @TaskLocal static var current: Sshd?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard TransportCase.here.contains(.ssh) else { return try await function() }
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    let sshd = try Sshd(in: folder)
    defer { sshd.end() }
    try await Self.$current.withValue(sshd) { try await function() }
  }
}

extension SuiteTrait where Self == LoopbackSshd {
  static var loopbackSshd: Self { Self() }
}
