import DeployModel
import Glibc
import Testing

@testable import DeployHosts

@Suite("The reactor") struct ReactorTests {
  @Test("what is asked of a line that has ended reaches none that got its descriptor's number since")
  func reused() async throws {
    let reactor = Reactor()
    defer { reactor.stop() }
    let ended = Guarded(false)
    let first = try Child.pair()
    let line = reactor.adopt(first.ours) { if $0 == nil { ended.with { $0 = true } } }
    close(first.theirs)
    try await until("the first line has ended") { ended.with { $0 } }

    var spare: [(ours: Int32, theirs: Int32)] = []
    var next = try Child.pair()
    while next.ours != first.ours, spare.count < 200 {
      spare.append(next)
      next = try Child.pair()
    }
    try #require(next.ours == first.ours, "its number is given to the next one")
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
    for pair in spare {
      close(pair.ours)
      close(pair.theirs)
    }
    close(next.theirs)
  }
}
