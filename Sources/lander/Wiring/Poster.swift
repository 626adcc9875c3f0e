import DeployGround
import DeployModel
import Glibc

/// Posts a body to an address, within a time limit. For plain HTTP, it sends the request itself. For HTTPS, it starts curl. curl reads the
/// address, the headers and the body from its standard input, so that no key is in an argument.
struct Poster: Sendable {
  let address: PostAddress
  let type: String
  /// The names and values of headers. Values can be secret keys.
  var headers: [(name: String, value: String)] = []
  /// The time limit of the whole request, in seconds.
  var seconds = 3

  /// Posts a body. - Returns: why the body was not accepted, or nil if it was accepted.
  func post(_ body: String) -> String? { address.isSecure ? postByCurl(body) : postPlain(body) }

  private func postPlain(_ body: String) -> String? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    let socket: Int32
    switch connect(deadline) {
    case .success(let opened): socket = opened
    case .failure(let reason): return reason.words
    }
    defer { close(socket) }
    let name = address.host.contains(":") ? "[\(address.host)]" : address.host
    let lines =
      ["POST \(address.path) HTTP/1.1", "Host: \(name):\(address.port)", "User-Agent: lander/\(Version.number)", "Content-Type: \(type)"]
      + ["Content-Length: \(body.utf8.count)", "Connection: close"] + headers.map { "\($0.name): \($0.value)" }
    var bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)[...]
    while !bytes.isEmpty {
      guard Self.wait(socket, POLLOUT, deadline) else { return "it took nothing within \(seconds) s" }
      let count = bytes.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return String(cString: strerror(errno)) }
      bytes = bytes.dropFirst(count)
    }
    return answer(socket, deadline)
  }

  /// Reads the answer. Only its first line counts, such as `HTTP/1.1 200 OK`. Returns why the body was not accepted, or nil if it was.
  private func answer(_ socket: Int32, _ deadline: ContinuousClock.Instant) -> String? {
    var head: [UInt8] = []
    while head.count < 64, !head.contains(10) {
      guard Self.wait(socket, POLLIN, deadline) else { return "no answer within \(seconds) s" }
      var part = [UInt8](repeating: 0, count: 256)
      let count = recv(socket, &part, part.count, 0)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { break }
      head += part.prefix(count)
    }
    let words = head.prefix(64).split { [32, 10, 13].contains($0) }.map { String(decoding: $0, as: UTF8.self) }
    guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else { return "the server there does not speak HTTP" }
    return (200..<300).contains(status) ? nil : "it answers with status \(status)"
  }

  private struct Reason: Error { var words: String }

  private func connect(_ deadline: ContinuousClock.Instant) -> Result<Int32, Reason> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(address.host, "\(address.port)", &hints, &found)
    guard code == 0 else { return .failure(Reason(words: "\(address.host): \(String(cString: gai_strerror(code)))")) }
    defer { freeaddrinfo(found) }
    var reason = "no address"
    var next = found
    while let one = next {
      next = one.pointee.ai_next
      let opened = socket(one.pointee.ai_family, one.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
      guard opened >= 0 else { continue }
      if Glibc.connect(opened, one.pointee.ai_addr, one.pointee.ai_addrlen) == 0 { return .success(opened) }
      if errno == EINPROGRESS {
        var (error, length): (Int32, socklen_t) = (0, 4)
        if Self.wait(opened, POLLOUT, deadline) {
          getsockopt(opened, SOL_SOCKET, SO_ERROR, &error, &length)
          if error == 0 { return .success(opened) }
          reason = String(cString: strerror(error))
        } else {
          reason = "no connection within \(seconds) s"
        }
      } else {
        reason = String(cString: strerror(errno))
      }
      close(opened)
    }
    return .failure(Reason(words: reason))
  }

  private static func wait(_ descriptor: Int32, _ event: Int32, _ deadline: ContinuousClock.Instant) -> Bool {
    while true {
      let left = deadline - .now
      guard left > .zero else { return false }
      let milliseconds = Int32(left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000) + 1
      var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let count = poll(&wanted, 1, milliseconds)
      if count > 0 { return true }
      if count == 0 || errno != EINTR { return false }
    }
  }

  private func postByCurl(_ body: String) -> String? {
    guard let curl = Folder.program("curl") else { return "curl is not installed, and https needs it" }
    let name = address.host.contains(":") ? "[\(address.host)]" : address.host
    let lines =
      ["url = \("https://\(name):\(address.port)\(address.path)".curlQuoted)", "header = \("Content-Type: \(type)".curlQuoted)"]
      + headers.map { "header = \("\($0.name): \($0.value)".curlQuoted)" } + ["data-binary = \(body.curlQuoted)"]
    var child = ChildProcess(
      argv: [
        curl, "-q", "--silent", "--show-error", "--fail", "--proto", "=https", "--max-time", "\(seconds)", "--output", "/dev/null", "-K",
        "-",
      ],
      input: Array((lines.joined(separator: "\n") + "\n").utf8))
    (child.timeout, child.grace) = (seconds + 2, 1)
    var said: [UInt8] = []
    let end = try? child.run { number, bytes in if number == 2, said.count < 400 { said += bytes } }
    if end == .exited(0) { return nil }
    let words = Provenance.line(String(decoding: said.prefix(400), as: UTF8.self), limit: 200)
    return words ?? "curl failed"
  }
}
