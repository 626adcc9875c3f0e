import DeployCore
import DeployModel
import Testing

@Suite("A selection")
struct SelectionTests {
  let project = Project(
    recipes: [
      Recipe(
        name: "web", targets: .group("production"), placement: Placement(path: "/srv/shop"), user: "deploy",
        parameters: [
          Parameter(name: "percent", kind: .percent, standard: "5%"), Parameter(name: "migrate", kind: .boolean, standard: true),
          Parameter(name: "tier", kind: .choice(["a", "b"]), standard: "a"),
        ])
    ],
    groups: [
      DeploymentGroup(name: "production", hosts: ["web1", "web2", "db1"].map { Host(name: $0) }, params: .record(of: [("tier", "b")])),
      DeploymentGroup(name: "empty", hosts: []),
    ])

  func problems(_ request: DeploymentRequest) -> [Problem] {
    do {
      _ = try Selection(request, in: project)
      return []
    } catch { return error.list }
  }

  @Test("takes the only recipe, its group and its user, and numbers the hosts in order")
  func plain() throws {
    let selection = try Selection(DeploymentRequest(), in: project)
    #expect(selection.hosts.map(\.name) == ["web1", "web2", "db1"])
    #expect(selection.hosts.map(\.number) == [0, 1, 2])
    #expect(selection.hosts.allSatisfy { $0.user == "deploy" })
  }

  @Test("a group that was typed in the place of a recipe is named with its option, also if it is misspelt")
  func groupAsRecipe() {
    for name in ["production", "prodution"] {
      #expect(problems(DeploymentRequest(recipe: name)).first?.fix == "production is a group: did you mean --group production?")
    }
    #expect(problems(DeploymentRequest(recipe: "wev")).first?.fix == "did you mean \"web\"?")
  }

  @Test("tells of a recipe, a group and parameters that are wrong at once")
  func several() {
    let request = DeploymentRequest(recipe: "wev", group: "prodution", parameters: [Value.Member("percnt", "x")])
    #expect(problems(request).map(\.message) == ["there is no recipe \"wev\"", "there is no group \"prodution\""])
    let known = DeploymentRequest(group: "prodution", parameters: [Value.Member("percnt", "x"), Value.Member("tier", "c")])
    #expect(problems(known).compactMap(\.subject) == ["--percnt", "--tier"])
    #expect(problems(known).first?.message == "there is no group \"prodution\"")
  }

  @Test("narrows to the hosts that --only names, and says how many stay as they are")
  func only() throws {
    let selection = try Selection(DeploymentRequest(only: ["web*"]), in: project)
    #expect(selection.hosts.map(\.name) == ["web1", "web2"])
    #expect(selection.others == 1)
  }

  @Test("reads parameters by type; what was typed wins over the group, the group over the recipe")
  func parameters() throws {
    let plain = try Selection(DeploymentRequest(), in: project)
    #expect(plain.parameters == .record(of: [("migrate", true), ("percent", "5%"), ("tier", "b")]))
    let typed = try Selection(
      DeploymentRequest(parameters: [.init("percent", "10"), .init("migrate", "no"), .init("tier", "a")]), in: project)
    #expect(typed.parameters == .record(of: [("migrate", false), ("percent", "10%"), ("tier", "a")]))
  }

  @Test("tells all problems of a request at once, each with a near match")
  func allAtOnce() {
    let found = problems(
      DeploymentRequest(
        only: ["web3", "bd1"], parameters: [.init("percnt", "10"), .init("migrate", "perhaps"), .init("tier", "c")]))
    #expect(found.count == 5)
    #expect(found[1].fix == "did you mean \"db1\"?")
    #expect(found[2].fix == "did you mean --percent?")
    #expect(found[4].message == "\"c\" is not one of a, b")
  }

  @Test("refuses two hosts that are one folder of one machine, by name")
  func sharedPlaces() {
    let local = ["a", "b"].map { Host(name: $0, transport: "local", root: "/x") }
    let apart = Host(name: "c", transport: "local", root: "/y")
    let project = Project(recipes: [
      Recipe(name: "web", targets: .hosts(DeploymentGroup(name: "g", hosts: local + [apart])), placement: Placement(path: "/srv"))
    ])
    #expect { try Selection(DeploymentRequest(), in: project) } throws: {
      ($0 as? Problems)?.list.map(\.subject) == ["b"] && ($0 as? Problems)?.list[0].message.contains("as host a: /x/srv") == true
    }
  }

  @Test("refuses an unknown recipe, an unknown group and a group without hosts")
  func unknown() {
    #expect(problems(DeploymentRequest(recipe: "wbe"))[0].fix == "did you mean \"web\"?")
    #expect(problems(DeploymentRequest(group: "prodction"))[0].fix == "did you mean \"production\"?")
    #expect(problems(DeploymentRequest(group: "empty"))[0].message.contains("selects no host"))
  }

  @Test(
    "finds near names and no far ones",
    arguments: [("produtcion", "production"), ("prod", nil), ("staging1", "staging"), ("x", nil)] as [(String, String?)])
  func near(_ name: String, _ match: String?) {
    #expect(NearMatch.of(name, among: ["production", "staging"]) == match)
  }

  @Test("a string that does not match its parameter's pattern is refused, typed or from a group, with both in the message")
  func patterns() {
    let tag = Parameter(name: "tag", kind: .string(match: "^v%d+$"))
    func check(_ given: [Value.Member], group: Value = .record([])) -> [String] {
      ParameterCheck([tag], given: given, group: group).problems.map(\.message)
    }
    #expect(check([Value.Member("tag", "v12")]) == [])
    #expect(check([Value.Member("tag", "1")]) == ["\"1\" is not a string that matches ^v%d+$"])
    #expect(check([Value.Member("tag", "v1; rm -rf /")]) == ["\"v1; rm -rf /\" is not a string that matches ^v%d+$"])
    #expect(check([], group: .record(of: [("tag", "1")])) == ["\"1\" is not a string that matches ^v%d+$"])
    #expect(check([Value.Member("tag", .int(7))]) == ["7 is not a string that matches ^v%d+$"])
    let broken = Parameter(name: "tag", kind: .string(match: "["))
    let checked = ParameterCheck([broken], given: [Value.Member("tag", "[")], group: .record([]))
    #expect(checked.problems.count == 1, "an unreadable guard lets nothing through")
  }
}
