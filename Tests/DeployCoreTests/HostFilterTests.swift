import DeployModel
import Testing

@testable import DeployCore

@Suite("Hosts by their names and tags")
struct HostFilterTests {
  private let hosts = [
    Host(name: "web1", tags: .record(of: [("role", "web"), ("zone", "a"), ("rack", 1)])),
    Host(name: "web2", tags: .record(of: [("role", "web"), ("zone", "b"), ("rack", 2)])),
    Host(name: "db1", tags: .record(of: [("role", "db"), ("zone", "a"), ("spare", true)])), Host(name: "old"),
  ]

  private func taken(_ words: String...) -> [String] { hosts.filter(HostFilter(words).takes).map(\.name) }
  private func problem(_ words: String...) -> String {
    HostFilter(words).problems(hosts, of: "all").map { "\($0.subject ?? ""): \($0.message); \($0.fix ?? "")" }.joined(separator: "\n")
  }

  @Test("names take any of them, tags all of them, a tag any of its values, and both together what both take")
  func takes() {
    #expect(taken() == ["web1", "web2", "db1", "old"])
    #expect(taken("role=web") == ["web1", "web2"] && taken("role=web", "zone=a") == ["web1"])
    #expect(taken("role=web,db") == ["web1", "web2", "db1"] && taken("role=*") == ["web1", "web2", "db1"])
    #expect(taken("*1", "role=db") == ["db1"] && taken("web1", "old", "zone=a,b") == ["web1"])
    #expect(taken("rack=2") == ["web2"] && taken("spare=true") == ["db1"] && taken("role=we") == [])
    #expect(problem("role=web", "zone=a").isEmpty && problem().isEmpty)
  }

  @Test("a tag or a value that no host has, and what no host has together, is told with a near match")
  func problems() {
    #expect(problem("rol=web") == "--where: no host of group \"all\" has a tag \"rol\"; did you mean \"role\"?")
    #expect(problem("role=wbe") == "--where: no host of group \"all\" has role=wbe; did you mean \"web\"?")
    #expect(problem("wbe1", "role=wbe").contains("--only: no host of group \"all\" is called \"wbe1\""))
    #expect(problem("role=db", "zone=b").hasPrefix("--where: no host of group \"all\" has all of that"))
    let bare = HostFilter(["role=web"]).problems([Host(name: "x")], of: "g")
    #expect(bare.first?.fix?.contains("give hosts tags") == true)
  }
}
