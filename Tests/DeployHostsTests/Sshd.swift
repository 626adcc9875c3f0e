import Foundation
import Testing

@testable import DeployHosts

/// An sshd on a free port of the loopback, with its own keys and configuration.
final class Sshd: Sendable {
  let config: String
  let port: Int
  let folder: String
  private let pid: Int32

  static let isInstalled = ["/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/ssh-keygen"].allSatisfy { (path: String) in access(path, X_OK) == 0
  }

  init(in folder: String) throws {
    self.folder = folder
    let user = NSUserName()
    _ = Ground.sh(
      """
      cd '\(folder)' && mkdir -p ssh home && chmod 700 ssh && cd ssh
      ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f user && cp user.pub authorized
      [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
      """)
    var chosen = 0
    var started: Int32 = 0
    for _ in 0..<20 where started == 0 {
      // Linux gives higher ports to clients. A connection to such a port, made before a server listens there, can connect to itself.
      chosen = Int.random(in: 20000..<32000)
      try """
      Port \(chosen)
      ListenAddress 127.0.0.1
      HostKey \(folder)/ssh/host
      PidFile none
      AuthorizedKeysFile \(folder)/ssh/authorized
      StrictModes no
      SetEnv HOME=\(folder)/home
      UsePAM no
      PasswordAuthentication no
      PermitRootLogin prohibit-password
      MaxStartups 100
      """.write(toFile: "\(folder)/ssh/sshd_config", atomically: true, encoding: .utf8)
      let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
      defer { close(nothing) }
      let child = try Child.start(["/usr/sbin/sshd", "-D", "-e", "-f", "\(folder)/ssh/sshd_config"], streams: [nothing, nothing, nothing])
      for _ in 0..<100 where started == 0 && Ground.isAlive(child.pid) {
        usleep(20_000)
        if Sshd.answers(chosen) { started = child.pid }
      }
    }
    try #require(started != 0, "no sshd could be started on the loopback")
    port = chosen
    pid = started
    config = "\(folder)/ssh/config"
    let key = Ground.text("\(folder)/ssh/host.pub") ?? ""
    try "[127.0.0.1]:\(port) \(key)".write(toFile: "\(folder)/ssh/known", atomically: true, encoding: .utf8)
    try """
    Host lander-test
      HostName 127.0.0.1
      Port \(port)
      User \(user)
      IdentityFile \(folder)/ssh/user
      IdentitiesOnly yes
      UserKnownHostsFile \(folder)/ssh/known
      GlobalKnownHostsFile /dev/null
    """.write(toFile: config, atomically: true, encoding: .utf8)
  }

  func end() {
    kill(pid, SIGTERM)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  /// Returns whether an sshd greets on the port. Another program may listen there.
  private static func answers(_ port: Int) -> Bool {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
    guard isConnected else { return false }
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var greeting = [UInt8](repeating: 0, count: 4)
    return recv(handle, &greeting, 4, Int32(MSG_WAITALL)) == 4 && greeting == Array("SSH-".utf8)
  }
}
