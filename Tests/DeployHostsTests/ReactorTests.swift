import DeployModel
import Glibc
import Testing

@testable import DeployHosts

@Suite("The reactor") struct ReactorTests {
  @Test("what is asked of a line that has ended reaches none that got its descriptor's number since")
  func reused() async throws {
    let reactor = Reactor()
    try reactor.start()
    defer { reactor.stop() }
    var found: (line: Reactor.Line, next: (ours: Int32, theirs: Int32))?
    // Another thread of this process may get the number first.
    for _ in 0..<50 where found == nil { found = try await Self.reused(by: reactor) }
    let (line, next) = try #require(found, "no number was given to the next one")
    let heard = Guarded<[UInt8]>([])
    let second = reactor.adopt(next.ours) { bytes in heard.with { $0 += bytes ?? [] } }
    reactor.write(Array("not yours".utf8), to: line)
    #expect(reactor.sent(to: line) == 0)
    reactor.close(line)
    reactor.write(Array("yours".utf8), to: second)
    var got = [UInt8](repeating: 0, count: 64)
    try await until("its own bytes came") { recv(next.theirs, &got, got.count, Int32(MSG_PEEK | MSG_DONTWAIT)) == 5 }
    #expect(String(decoding: got.prefix(5), as: UTF8.self) == "yours")
    _ = send(next.theirs, "hello", 5, 0)
    try await until("it hears") { heard.with { $0.count == 5 } }
    reactor.close(second)
    close(next.theirs)
  }

  /// Returns a line that has ended, and a pair of sockets whose descriptor has the line's number; nil: something else got the number.
  private static func reused(by reactor: Reactor) async throws -> (line: Reactor.Line, next: (ours: Int32, theirs: Int32))? {
    let ended = Guarded(false)
    let first = try Child.pair()
    let line = reactor.adopt(first.ours) { if $0 == nil { ended.with { $0 = true } } }
    close(first.theirs)
    try await until("the first line has ended") { ended.with { $0 } }
    var spare: [(ours: Int32, theirs: Int32)] = []
    defer {
      for pair in spare {
        close(pair.ours)
        close(pair.theirs)
      }
    }
    for _ in 0..<8 {
      let next = try Child.pair()
      if next.ours == first.ours { return (line, next) }
      spare.append(next)
    }
    return nil
  }
}
