import DeployLua
import DeployModel
import Testing

/// Slots of a group: instances of the application on each host.
struct SlotTests {
  private static let two = "slots = { green = { port = 82 }, blue = { port = 81 } }"

  @Test("each host of a group is there once for each slot, in the order of their names, with vars and tags of its own")
  func expanded() throws {
    let project = try load(
      """
      group "g" { hosts = { "web1", host "web2" { address = "10.0.0.2", vars = { port = 1, size = 3 } } }, tags = { zone = "a" },
        \(Self.two) }
      recipe "a" { path = "/srv/a", targets = group "g" }
      """
    ).project
    let hosts = project.groups[0].hosts
    #expect(hosts.map(\.name) == ["web1/blue", "web1/green", "web2/blue", "web2/green"])
    #expect(hosts.map(\.slot) == ["blue", "green", "blue", "green"])
    #expect(hosts.map(\.address) == ["web1", "web1", "10.0.0.2", "10.0.0.2"])
    #expect(hosts.map(\.machine) == ["web1", "web1", "web2", "web2"])
    #expect(hosts.map { $0.vars["port"] } == [81, 82, 81, 82] && hosts[3].vars["size"] == 3)
    #expect(hosts[2].tags == .record(of: [("machine", "web2"), ("slot", "blue"), ("zone", "a")]))
  }

  @Test("a transport of the recipe's own is given the name of the machine")
  func transport() throws {
    let project = try load(
      """
      transport "box" (function(host) return { "box", host.name } end)
      group "g" { hosts = { "web1" }, transport = "box", \(Self.two) }
      recipe "a" { path = "/srv/a", targets = group "g" }
      """
    ).project
    #expect(project.groups[0].hosts.map(\.argv) == [["box", "web1"], ["box", "web1"]])
  }

  @Test(
    "slots that cannot be are refused in the recipe's words",
    arguments: [
      ("{}", "group \"g\" has 0 slots, and slots are 2 to 10"), ("{ blue = {} }", "group \"g\" has 1 slot, and slots are 2 to 10"),
      ("{ blue = {}, green = 8082 }", "slot \"green\" of group \"g\" must be a table of its vars, got 8082"),
      ("{ blue = {}, [\"a/b\"] = {} }", "names the slot \"a/b\", and a slot is named by letters, digits, - and _"),
      ("{ \"blue\", \"green\" }", "slots of group \"g\" must be a table of plain values"),
    ])
  func wrong(slots: String, message: String) {
    let found = problems("group \"g\" { hosts = { \"web1\" }, slots = \(slots) }")
    #expect(found.contains { $0.hasPrefix("deploy.lua:1: ") && $0.contains(message) }, "\(found)")
  }

  @Test("a tag that slots give themselves is not given by anybody else")
  func tag() {
    let found = problems("group \"g\" { hosts = { host \"web1\" { tags = { slot = \"x\" } } }, \(Self.two) }")
    #expect(found.contains { $0.contains("host \"web1\" has a tag slot, and slots give it that tag themselves") }, "\(found)")
  }
}
