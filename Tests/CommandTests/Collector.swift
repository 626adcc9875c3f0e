import Foundation
import Synchronization

/// An HTTP server on the loopback that stores posted requests and answers as the test chooses.
final class Collector: Sendable {
  struct Request: Sendable {
    var path: String
    /// The request line and the header lines, as received.
    var head: String
    var body: String
  }
  /// How the server answers a request.
  enum Manner: Sendable { case takes, fails, hangs }

  let port: UInt16
  private let listener: Int32
  private let kept = Mutex<[Request]>([])

  var requests: [Request] { kept.withLock { $0 } }
  var url: String { "http://127.0.0.1:\(port)" }

  init(_ manner: Manner = .takes) throws {
    let end = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    listener = end
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(end, $0, length) == 0 && getsockname(end, $0, &length) == 0
      }
    }
    guard code, listen(end, 64) == 0 else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(end, nil, nil)
        if client < 0 { return }
        guard let self else {
          close(client)
          return
        }
        if manner == .hangs { continue }
        serve(client, manner)
        close(client)
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ client: Int32, _ manner: Manner) {
    var (bytes, end): ([UInt8], Int?) = ([], nil)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      if end == nil, let found = String(decoding: bytes, as: UTF8.self).range(of: "\r\n\r\n") {
        let head = String(decoding: bytes, as: UTF8.self)[..<found.lowerBound]
        let size = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }.flatMap {
          Int($0.split(separator: " ")[1])
        }
        end = head.utf8.count + 4 + (size ?? 0)
      }
      if let end, bytes.count >= end { break }
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      bytes += buffer.prefix(count)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let cut = text.range(of: "\r\n\r\n") {
      let head = String(text[..<cut.lowerBound])
      let words = head.split(separator: " ")
      kept.withLock { $0.append(Request(path: words.count > 1 ? String(words[1]) : "", head: head, body: String(text[cut.upperBound...]))) }
    }
    let answer = manner == .takes ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" : "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
    _ = Array(answer.utf8).withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }
}
