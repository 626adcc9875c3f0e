import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

/// A shell of this machine that a test host uses.
enum Shell: String, CaseIterable, CustomTestStringConvertible, Sendable {
  case dash, bash, busybox, ssh
  var testDescription: String { rawValue }
  /// The shells that can be started on this machine. Prints which ones are skipped.
  static let here: [Shell] = allCases.filter { shell in
    let there = shell == .ssh ? Sshd.isInstalled : Ground.which(shell.rawValue) != nil
    if !there { print("SKIPPED: every test over \(shell.rawValue): it is not installed here") }
    return there
  }
}

/// A temporary folder that contains a host, and a transport that reaches the host.
final class Ground: Sendable {
  let folder: String
  let host: DeployModel.Host
  let hosts: Hosts
  let store: ShelfStore
  let secrets: FixedSecrets
  private let sshd: Sshd?

  /// - Parameters:
  ///   - variables: variables of the login environment, as `NAME=value`.
  ///   - unprivileged: whether the host's user is not root, if the test runs as root.
  ///   - start: shell lines that the login runs before the shell reads commands.
  ///   - sudo: the script that is the host's only way to change users.
  init(
    _ shell: Shell = .dash, secrets: [String: String] = [:], variables: [String] = [], unprivileged: Bool = false, start: String? = nil,
    sudo: String? = nil, adjust: (inout Hosts.Options) -> Void = { _ in }
  ) throws {
    folder = Ground.makeFolder()
    var options = Hosts.Options()
    options.grace = .seconds(1)
    options.patience = .seconds(30)
    var host = DeployModel.Host(name: "h1", transport: "local")
    if shell == .ssh {
      let sshd = try Sshd(in: folder)
      options.sshConfig = sshd.config
      host = DeployModel.Host(name: "h1", address: "lander-test")
      self.sshd = sshd
    } else {
      sshd = nil
      var argv = ["env"] + variables + ["PATH=\(try Ground.path(for: shell, in: folder))", "sh"]
      if let start { argv = ["sh", "-c", "\(start); exec \"$@\"", "sh"] + argv }
      if let sudo { try Ground.write("#!/bin/sh\n\(sudo)\n", to: "\(folder)/bin/sudo") }
      if unprivileged || sudo != nil, geteuid() == 0 {
        _ = Ground.sh("chmod 755 '\(folder)' && mkdir -p '\(folder)/srv' && chown 65534:65534 '\(folder)/srv'")
        argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + argv
      }
      host.argv = argv
    }
    adjust(&options)
    self.host = host
    store = ShelfStore(folder: folder)
    self.secrets = FixedSecrets(values: secrets)
    hosts = Hosts(options: options, store: store, vault: Vault(self.secrets))
  }

  /// Returns a second engine that reaches the same host.
  func another(adjust: (inout Hosts.Options) -> Void = { _ in }) -> Hosts {
    var options = hosts.options
    adjust(&options)
    return Hosts(options: options, store: store, vault: Vault(secrets))
  }

  func end() async {
    await hosts.close()
    sshd?.end()
    _ = Ground.sh("chmod -R u+rwx '\(folder)' 2>/dev/null; rm -rf '\(folder)'")
  }

  var path: String { "\(folder)/srv/shop" }

  func site(_ deployment: Deployment.ID = "d1", fence: Int = 1, token: String = "t1", reuse: Placement.Reuse = .copy) -> HostSite {
    HostSite(host: host, deployment: deployment, application: "shop", group: "all", path: path, fence: fence, token: token, reuse: reuse)
  }

  func intent(_ id: Int, _ operation: DeployModel.Operation, timeout: Interval = .seconds(60), release: Release.ID? = nil) -> Intent {
    Intent(id: id, place: .host(0), operation: operation, timeout: timeout, site: .init(release: release))
  }

  @discardableResult
  func run(
    _ id: Int, _ line: String, timeout: Interval = .seconds(60), site: HostSite? = nil, by hosts: Hosts? = nil, merge: Bool = false,
    onLost: Command.OnLost = .fail, heard: Heard = Heard()
  ) async -> Outcome {
    let operation = DeployModel.Operation.run(Command(.shell(line), merge: merge, onLost: onLost))
    return await (hosts ?? self.hosts).perform(intent(id, operation, timeout: timeout), at: site ?? self.site()) { heard.take($0) }
  }

  @discardableResult
  func perform(
    _ id: Int, _ operation: DeployModel.Operation, timeout: Interval = .seconds(60), site: HostSite? = nil, by hosts: Hosts? = nil
  ) async -> Outcome {
    await (hosts ?? self.hosts).perform(intent(id, operation, timeout: timeout), at: site ?? self.site()) { _ in }
  }

  /// Runs a command as a part of intent 0, so that the part's number is a million times smaller than its job's.
  @discardableResult
  func part(
    _ number: Int, _ kind: CommandPart.Kind, _ command: Command, timeout: Interval = .seconds(60), site: HostSite? = nil,
    by hosts: Hosts? = nil, heard: Heard = Heard()
  ) async -> CommandPartEnd {
    let part = CommandPart(number, kind, command, timeout: timeout)
    let step = AppSpecStep(.event(.install), options: AppSpecOptions())
    return await (hosts ?? self.hosts).run(part, of: intent(0, .appspec(step)), at: site ?? self.site()) { heard.take($0) }
  }

  static func makeFolder() -> String {
    var template = Array("\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/lander-test-XXXXXX".utf8CString)
    return String(cString: mkdtemp(&template))
  }

  /// Returns a PATH in which `sh` is this shell. For busybox, all its applets come first.
  static func path(for shell: Shell, in folder: String) throws -> String {
    let bin = "\(folder)/bin"
    let program = try #require(which(shell.rawValue))
    _ = sh("mkdir -p '\(bin)'; ln -s '\(program)' '\(bin)/sh'")
    if shell == .busybox { _ = sh("for a in $(busybox --list); do [ -e '\(bin)'/\"$a\" ] || ln -s '\(program)' '\(bin)'/\"$a\"; done") }
    return "\(bin):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  }

  /// Writes a text to a file and makes the file executable.
  static func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
  }

  static func which(_ name: String) -> String? {
    ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Returns what a command on this machine prints.
  static func sh(_ line: String) -> String {
    guard let pipe = popen(line, "re") else { return "" }
    defer { pclose(pipe) }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { return String(decoding: all, as: UTF8.self) }
      all += buffer[0..<count]
    }
  }
  static func text(_ path: String) -> String? { FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } }
  static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}

/// Waits until a condition holds, and fails after `seconds`.
func until(_ what: String, within seconds: Int = 30, _ holds: () async -> Bool) async throws {
  let end = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < end {
    if await holds() { return }
    try await Task.sleep(for: .milliseconds(20))
  }
  Issue.record("not within \(seconds) s: \(what)")
  throw CancellationError()
}

/// Collects output in the order of arrival.
final class Heard: Sendable {
  private let chunks = Guarded<[OutputChunk]>([])
  func take(_ chunk: OutputChunk) { chunks.with { $0.append(chunk) } }
  func bytes(_ stream: OutputChunk.Stream) -> [UInt8] { chunks.with { $0.filter { $0.stream == stream }.flatMap(\.bytes) } }
  var stdout: String { String(decoding: bytes(.stdout), as: UTF8.self) }
  /// Whether each chunk begins where the chunk before it ended.
  var isWhole: Bool {
    chunks.with { all in
      [OutputChunk.Stream.stdout, .stderr].allSatisfy { stream in
        var at = 0
        for chunk in all where chunk.stream == stream {
          if chunk.offset != at { return false }
          at += chunk.bytes.count
        }
        return true
      }
    }
  }
}

struct FixedSecrets: Secrets {
  var values: [String: String]
  func value(of name: String) async throws(Failure) -> String {
    guard let value = values[name] else { throw Failure(.missing, "no secret \(name)") }
    return value
  }
}
