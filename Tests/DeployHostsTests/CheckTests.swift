import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Health checks say what came back", .serialized)
struct CheckTests {
  private func check(_ check: Check, timeout: Interval = .seconds(5)) async -> Outcome {
    let machine = EngineProcesses(directory: "/", vault: Vault(FixedSecrets(values: [:])), grace: .seconds(1), limit: 1 << 20)
    let intent = Intent(id: 1, place: .engine, operation: .check(check), timeout: timeout, site: .init())
    let outcome = await machine.perform(intent, of: "check") { _ in }
    await machine.close()
    return outcome
  }

  @Test("a bad status comes with the first lines of the body")
  func badStatus() async throws {
    let server = try CannedServer("HTTP/1.0 503 No\r\n\r\n\ncannot reach payments:\n certificate expired\n\nthird\nfourth\n")
    defer { server.stop() }
    let outcome = await check(.http(url: server.url, status: []))
    #expect(outcome.failure?.kind == .unhealthy && outcome.value == .bool(false))
    #expect(
      outcome.failure?.message == "GET \(server.url): status 503: cannot reach payments: / certificate expired / third",
      "\(outcome.failure?.message ?? "")")
  }

  @Test("a body of any length, with words like our own, hides no status")
  func longBody() async throws {
    for filler in [0, 550, 585, 590, 595, 600, 601, 200_000] {
      let server = try CannedServer("HTTP/1.0 404 No\r\n\r\nlander-status 200\n" + String(repeating: "x", count: filler))
      defer { server.stop() }
      let outcome = await check(.http(url: server.url, status: []))
      #expect(outcome.failure?.message.contains("status 404") == true, "\(filler): \(outcome.failure?.message ?? "")")
      #expect((outcome.failure?.message.count ?? 0) < 400)
    }
  }

  @Test("an answer that was wanted is a yes, whatever is in it")
  func good() async throws {
    let server = try CannedServer("HTTP/1.0 503 Later\r\n\r\nlander-status 000\n")
    defer { server.stop() }
    #expect(await check(.http(url: server.url, status: [503])).value == .bool(true))
  }

  @Test("a closed port is told in the words of the connection, a silent one by how long it was asked")
  func noAnswer() async throws {
    let gone = try CannedServer("")
    gone.stop()
    let refused = await check(.http(url: gone.url, status: []))
    #expect(refused.failure?.kind == .unhealthy)
    #expect(refused.failure?.message.lowercased().contains("refused") == true || refused.failure?.message.contains("connect") == true)
    let silent = try CannedServer(nil)
    defer { silent.stop() }
    let outcome = await check(.http(url: silent.url, status: []), timeout: .seconds(3))
    #expect(outcome.failure?.kind == .unhealthy, "\(outcome.failure?.message ?? "")")
    #expect(outcome.failure?.message.contains("was ended") == false, "\(outcome.failure?.message ?? "")")
  }

  @Test("a command that says no is heard")
  func command() async throws {
    let outcome = await check(.command("echo queue is full >&2; exit 3"))
    #expect(outcome.failure?.kind == .unhealthy && outcome.value == .bool(false))
    #expect(outcome.failure?.message.hasSuffix("exited with 3: queue is full") == true, "\(outcome.failure?.message ?? "")")
  }
}

/// A server on the loopback that gives every client one fixed answer, or none.
final class CannedServer: @unchecked Sendable {
  private let socket: Int32
  let url: String
  private let heard = Guarded<[String]>([])
  private let accepted = Guarded(0)

  /// The complete requests that it has received so far.
  var requests: [String] { heard.with { $0 } }
  /// The number of connections that it has accepted.
  var callers: Int { accepted.with { $0 } }

  /// - Parameter answer: the answer for every client; nil: the server accepts connections and sends nothing.
  init(_ answer: String?) throws {
    let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0 }
    }
    guard bound, listen(listener, 16) == 0 else { throw Failure(.internal, "no port to listen on") }
    socket = listener
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/"
    Thread.detachNewThread { [heard, accepted] in
      var silent: [Int32] = []
      while true {
        let caller = accept(listener, nil, nil)
        if caller < 0, errno == EINTR { continue }
        guard caller >= 0 else { break }
        accepted.with { $0 += 1 }
        guard let answer else {
          silent.append(caller)
          continue
        }
        let request = Self.request(from: caller)
        heard.with { $0.append(request) }
        let bytes = Array(answer.utf8)
        var sent = 0
        while sent < bytes.count {
          let count = bytes[sent...].withUnsafeBytes { send(caller, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
          guard count > 0 else { break }
          sent += count
        }
        close(caller)
      }
      for caller in silent + [listener] { close(caller) }
    }
  }

  /// Reads the head of a request, and as many bytes of the body as the head announces.
  private static func request(from caller: Int32) -> String {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(caller, &piece, piece.count)
      if count > 0 { bytes += piece[..<count] }
      let text = String(decoding: bytes, as: UTF8.self)
      let parts = text.components(separatedBy: "\r\n\r\n")
      let announced = parts[0].components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
      let length = announced.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
      let isWhole = parts.count > 1 && bytes.count >= parts[0].utf8.count + 4 + length
      if count <= 0 || isWhole { return text }
    }
  }

  /// Stops the server. Its thread closes the socket, because another server could get the descriptor's number while this thread still
  /// accepts.
  func stop() { shutdown(socket, Int32(SHUT_RDWR)) }
}
