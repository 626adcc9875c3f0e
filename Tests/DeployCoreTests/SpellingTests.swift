import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("Names by their bytes")
struct SpellingTests {
  private let spellings = ["caf\u{E9}", "cafe\u{301}"]

  @Test("of two groups, recipes and parameters whose names look alike the one that was written is meant")
  func selection() throws {
    var project = Project()
    for (number, name) in spellings.enumerated() {
      project.groups.append(DeploymentGroup(name: name, hosts: [Host(name: "h\(number)")]))
      var recipe = Recipe(name: name, placement: Placement(path: "/srv/\(number)"))
      recipe.targets = .group(name)
      project.recipes.append(recipe)
    }
    for (number, name) in spellings.enumerated() {
      let found = try Selection(DeploymentRequest(recipe: name, group: name), in: project)
      #expect(found.recipe.placement.path == "/srv/\(number)" && found.hosts.map(\.name) == ["h\(number)"])
    }
    let parameters = spellings.map { Parameter(name: $0, kind: .string(match: nil)) }
    let given = [Value.Member(spellings[1], "second"), Value.Member(spellings[0], "first")]
    let checked = ParameterCheck(parameters, given: given, group: .record([]))
    #expect(checked.problems.isEmpty)
    #expect(checked.values[spellings[0]] == "first" && checked.values[spellings[1]] == "second")
  }

  @Test("a parameter in another spelling is a change, because the program that gets it sees other bytes")
  func change() throws {
    var receipt = PlannerTests.receipt("new")
    receipt.inputs.parameters = .record(of: [("name", .text(spellings[0]))])
    var input = try PlannerTests().input([.reached(PlannerTests.state(receipt))])
    input.selection.parameters = .record(of: [("name", .text(spellings[0]))])
    #expect(try Planner.deployment(input, by: PlannerTests.identity).hosts[0].action == .unchanged)
    input.selection.parameters = .record(of: [("name", .text(spellings[1]))])
    #expect(try Planner.deployment(input, by: PlannerTests.identity).hosts[0].action == .change)
  }
}
