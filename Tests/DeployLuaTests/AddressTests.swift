import DeployLua
import DeployModel
import Testing

@Suite("Addresses of hosts") struct AddressTests {
  private func hosts(_ list: String) throws -> [String] {
    let recipe = try #require(try load("recipe \"a\" { path = \"/a\", targets = { \(list) } }").project.recipes.first)
    guard case .hosts(let group) = recipe.targets else { return [] }
    return group.hosts.map { host in
      (host.user.map { "\($0) at " } ?? "") + host.name + (host.address.map { " = \($0)" } ?? "") + (host.port.map { " port \($0)" } ?? "")
    }
  }

  @Test(
    "IPv6 addresses are hosts, with and without brackets, port, user and zone",
    arguments: [
      ("\"fd77::11\"", "fd77::11"), ("\"[fd77::11]\"", "fd77::11"), ("\"[fd77::11]:22\"", "fd77::11 port 22"),
      ("\"root@[fd77::11]:2222\"", "root at fd77::11 port 2222"), ("\"root@fd77::11\"", "root at fd77::11"), ("\"::1\"", "::1"),
      ("\"2001:db8:0:1:2:3:4:5\"", "2001:db8:0:1:2:3:4:5"), ("\"fe80::1%eth0\"", "fe80::1%eth0"),
      ("\"::ffff:10.0.0.1\"", "::ffff:10.0.0.1"),
      ("\"ssh://deploy@web1:2222/\"", "deploy at web1 port 2222"), ("\"ssh://[fd77::11]\"", "fd77::11"), ("\" web1 \"", "web1"),
      ("host \"w\" { address = \"[fd77::11]\" }", "w = fd77::11"), ("host \"w\" { address = \"[fd77::11]:22\" }", "w = fd77::11 port 22"),
      ("host \"w\" { address = \"fd77::11\", port = 23 }", "w = fd77::11 port 23"),
      ("host \"w\" { address = \"ssh://www@web1:24\" }", "www at w = web1 port 24"),
      ("host \"fd77::12\" { port = 22 }", "fd77::12 port 22"),
    ])
  func good(_ written: String, _ read: String) throws { #expect(try hosts(written) == [read]) }

  @Test("a range may end an IPv6 address")
  func range() throws { #expect(try hosts("\"fd77::[9-11]\"") == ["fd77::9", "fd77::10", "fd77::11"]) }

  @Test(
    "what is no address is refused with what one looks like",
    arguments: [
      ("\"fd77:\"", "\"fd77:\" is no host name"), ("\"1:2:3\"", "\"1:2:3\" is no host name"),
      ("\"fd77::1::2\"", "\"fd77::1::2\" is no host name"),
      ("\"[fd77::xyz]:22\"", "\"fd77::xyz\" is no host name"), ("\"h1, h2\"", "\"h1, h2\" is no host name"),
      ("\"web1:99999\"", "\"web1:99999\" has the port 99999, and ports are from 1 to 65535"),
      ("\"web1:0\"", "\"web1:0\" has the port 0, and ports are from 1 to 65535"),
      (
        "host \"w\" { address = \"-oProxyCommand=x\" }",
        "address of host \"w\" is \"-oProxyCommand=x\", which is neither a name nor an address"
      ),
      ("host \"w\" { address = \"web1:22\", port = 23 }", "host \"w\" has two ports: 22 in its address, and port = 23"),
      ("host \"w\" { user = \"-oX\" }", "\"-oX\" is no login name"),
    ])
  func bad(_ written: String, _ message: String) {
    let found = problems("recipe \"a\" { path = \"/a\", targets = { \(written) } }")
    #expect(found.count == 1 && found[0].hasPrefix("deploy.lua:1: \(message)"), "\(found)")
  }

  @Test("an address for a transport of one's own is left as it is")
  func other() throws {
    let project = try load(
      """
      transport "pod" (function(host) return { "kubectl", "exec", host.address, "--", "sh" } end)
      group "pods" { transport = "pod", hosts = { host "a" { address = "pod/web-1" } } }
      """
    ).project
    #expect(project.groups[0].hosts[0].address == "pod/web-1")
  }
}
