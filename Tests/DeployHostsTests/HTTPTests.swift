import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Requests by http from the engine's machine", .serialized)
struct HTTPTests {
  // Each suite has its own deployment id, and each request that is asked its own number: a command that is late ends all processes with the
  // same deployment and number, and might do so after the next test has begun.
  private static let numbers = Guarded(100)

  private func ask(
    _ request: HTTPRequest, timeout: Interval = .seconds(30), secrets: [String: String] = [:]
  ) async -> Outcome {
    let machine = EngineProcesses(directory: "/", vault: Vault(FixedSecrets(values: secrets)), grace: .seconds(1))
    let number = Self.numbers.with { last in
      last += 1
      return last
    }
    let outcome = await machine.perform(intent(request, timeout, number: number), of: "http") { _ in }
    await machine.close()
    return outcome
  }

  private func intent(_ request: HTTPRequest, _ timeout: Interval = .seconds(30), number: Int = 1) -> Intent {
    Intent(id: number, place: .engine, operation: .http(request), timeout: timeout, site: .init())
  }

  private func get(_ url: String, limit: Int = 64 * 1024) -> HTTPRequest { HTTPRequest(.get, Text(url), limit: limit) }

  @Test("an answer has status, body and type, also where the status is bad, and a redirect says where it leads without being followed")
  func answers() async throws {
    let head = "HTTP/1.1 404 No\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    let server = try CannedServer(head + "lander-status 200\nnothing here\n")
    defer { server.stop() }
    #expect(
      await ask(get(server.url)).value
        == HTTPResponse(status: 404, body: "lander-status 200\nnothing here\n", type: "text/plain").value)
    let moved = try CannedServer("HTTP/1.1 302 Moved\r\nLocation: /there?a=1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    defer { moved.stop() }
    #expect(await ask(get(moved.url)).value == HTTPResponse(status: 302, redirect: moved.url + "there?a=1").value)
    #expect(moved.requests.count == 1)
  }

  @Test("headers and a body arrive byte by byte, whatever signs they have, with secrets in their place")
  func sent() async throws {
    let server = try CannedServer("HTTP/1.1 201 Made\r\nConnection: close\r\n\r\n{\"got\": \"hunter2-and-more\"}")
    defer { server.stop() }
    let body = "{\"a\": \"\\\\ \\n 100% @file é\"}\n\ttab\r\n" + String(repeating: "\"\\", count: 14_000)
    var request = HTTPRequest(.post, Text(pieces: [.literal(server.url + "hook/"), .secret(name: "T")]), body: Text(body))
    request.headers = [
      .init("Authorization", Text(pieces: [.literal("Bearer \""), .secret(name: "T"), .literal("\"")])), .init("X-Empty", ""),
    ]
    let outcome = await ask(request, secrets: ["T": "hunter2-and-more"])
    #expect(outcome.value["body"] == "{\"got\": \"<secret T>\"}", "\(outcome)")
    let heard = try #require(server.requests.first)
    #expect(heard.hasPrefix("POST /hook/hunter2-and-more HTTP/1.1\r\n"))
    #expect(heard.contains("\r\nAuthorization: Bearer \"hunter2-and-more\"\r\n") && heard.contains("\r\nX-Empty:"))
    #expect(heard.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n") == body)
    #expect(await ask(request, secrets: ["T": "hunter2-and-more\n"]).failure?.message.contains("has a control character") == true)
    #expect(await ask(request).failure?.kind == .missing)
    request.body = Text(String(repeating: "x", count: HTTPRequest.mostSent + 1))
    #expect(await ask(request, secrets: ["T": "hunter2-and-more"]).failure?.message.contains("32768 is the most") == true)
  }

  @Test("a request that is cancelled ends, and no argument of any process says what is asked")
  func cancelled() async throws {
    let silent = try CannedServer(nil)
    defer { silent.stop() }
    var request = get(silent.url)
    request.headers = [.init("X-Token", Text(pieces: [.secret(name: "T")]))]
    let machine = EngineProcesses(directory: "/", vault: Vault(FixedSecrets(values: ["T": "hunter2-and-more"])), grace: .seconds(1))
    let asked = intent(request, .minutes(5))
    let running = Task { await machine.perform(asked, of: "d9") { _ in } }
    try await until("it waits") { silent.callers > 0 }
    let lines = Ground.sh("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '")
    #expect(lines.contains("curl -q --config -"))
    #expect(!lines.contains("hunter2-and-more") && !lines.contains(silent.url))
    await machine.cancel(1, of: "d9")
    #expect(await running.value.failure?.kind == .cancelled)
    await machine.close()
  }

  @Test("no answer, a late one and one that has no end are failures that name the request")
  func failures() async throws {
    let refused = try #require(await ask(get("http://127.0.0.1:1/")).failure)
    #expect(refused.kind == .transport && refused.message.hasPrefix("GET http://127.0.0.1:1/: "), "\(refused)")
    let silent = try CannedServer(nil)
    defer { silent.stop() }
    let slow = await ask(get(silent.url), timeout: .seconds(2))
    #expect(slow.failure?.kind == .timeout, "\(slow)")
    let late = await ask(HTTPRequest(.post, Text(silent.url)), timeout: .seconds(2))
    #expect(late.failure?.message.hasSuffix("nobody can say whether it was taken") == true, "\(late)")
    let body = String(repeating: "x", count: 1 << 20)
    for head in ["Content-Length: \(body.utf8.count)\r\n", ""] {
      let long = try CannedServer("HTTP/1.1 200 OK\r\n\(head)Connection: close\r\n\r\n\(body)")
      defer { long.stop() }
      let outcome = await ask(get(long.url, limit: 1000))
      #expect(outcome.failure?.message == "GET \(long.url): the answer has more than 1000 bytes", "\(outcome)")
    }
  }

  @Test("a POST that an engine before has begun is lost unless it may be repeated; a GET is asked again")
  func resumed() async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    let server = try CannedServer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok")
    defer { server.stop() }
    func perform(_ request: HTTPRequest, resumed: Bool) async throws -> Outcome {
      let machine = EngineProcesses(directory: folder, vault: Vault(FixedSecrets(values: [:])), claims: "\(folder)/here")
      try await machine.attend("http", after: resumed ? EarlierEngines(count: 1, highestIntent: 1) : nil)
      let outcome = await machine.perform(intent(request), of: "http") { _ in }
      await machine.close()
      return outcome
    }
    let post = HTTPRequest(.post, Text(server.url))
    #expect(try await perform(post, resumed: false).failure == nil)
    #expect(try await perform(post, resumed: true).failure?.kind == .lost)
    #expect(server.requests.count == 1)
    #expect(try await perform(HTTPRequest(.post, Text(server.url), onLost: .repeat), resumed: true).failure == nil)
    #expect(try await perform(get(server.url), resumed: true).failure == nil)
    #expect(server.requests.count == 3)
  }

  @Test("a server whose certificate nobody vouches for is refused, and one of an authority that is named is asked")
  func encrypted() async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    let subject = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key"
    _ = Ground.sh("cd '\(folder)' && openssl req -x509 \(key) -out cert -days 2 \(subject) 2>/dev/null")
    let server = Process()
    server.executableURL = URL(fileURLWithPath: "/bin/sh")
    server.arguments = ["-c", "cd '\(folder)' && exec openssl s_server -accept 127.0.0.1:0 -key key -cert cert -www >out 2>&1"]
    try server.run()
    // The server inherits a signal mask that blocks TERM, so it is killed.
    defer {
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    func port() -> String? {
      Ground.sh("cat '\(folder)/out' 2>/dev/null").split(separator: "\n").first { $0.hasPrefix("ACCEPT") }?.split(separator: ":").last
        .map(String.init)
    }
    try await until("it listens") { port() != nil }
    var request = get("https://127.0.0.1:\(try #require(port()))/")
    let refused = try #require(await ask(request).failure)
    #expect(refused.kind == .transport && refused.fix?.contains("ca = ") == true, "\(refused)")
    request.authority = "\(folder)/cert"
    #expect(await ask(request).value["status"] == 200)
  }
}
