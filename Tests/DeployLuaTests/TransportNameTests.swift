import DeployModel
import Testing

struct TransportNameTests {
  @Test("recipes know the transports that come with the engine, and no others")
  func names() {
    func said(_ name: String) -> [String] { problems("group \"a\" { hosts = { 'b' }, transport = '\(name)' }") }
    for transport in OwnTransport.all { #expect(!said(transport.name).contains { $0.contains("no transport") }) }
    let names = OwnTransport.all.map(\.name).joined(separator: ", ")
    #expect(said("carrier-pigeon").contains { $0.hasSuffix("there is no transport \"carrier-pigeon\"; there are \(names)") })
  }

  @Test("a transport of Lander's own name would have no effect, and is refused")
  func taken() {
    for transport in OwnTransport.all {
      let said = problems("transport \"\(transport.name)\" (function(host) return { \"sh\" } end)")
      let words = "transport \"\(transport.name)\" comes with Lander, so this definition would have no effect"
      #expect(said.contains { $0.hasPrefix("deploy.lua:1: \(words); give it another name") }, "\(said)")
    }
  }

  @Test("a transport with its function behind a comma is one problem")
  func comma() {
    func said(_ name: String) -> [String] {
      problems("transport('\(name)', function() return { 'sh' } end)").filter { $0.contains("transport") }
    }
    let (taken, own) = (said("ssh"), said("own"))
    #expect(taken.count == 1 && taken[0].contains("transport \"ssh\" comes with Lander"), "\(taken)")
    #expect(own.count == 1 && own[0].contains("write: transport \"own\" (function(host) … end)"), "\(own)")
  }
}
