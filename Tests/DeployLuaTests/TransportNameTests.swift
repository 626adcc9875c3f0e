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
}
