import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Tests the rollback of a group in which some hosts lack releases that others have.
struct LateHostsTests {
  @Test("a host that lost its disk stays as it is, and one that joined later gets the release that the others go back to")
  func without() throws {
    let others = [
      Memory.host(Memory.receipt(2, "d5", at: 30), before: Memory.receipt(1, "d1", at: 10)),
      Memory.host(Memory.receipt(2, "d5", at: 31), before: Memory.receipt(1, "d1", at: 11)),
    ]
    #expect(Memory.ways(try Memory.rollback(others + [Memory.host(nil, keeps: [])])) == ["h1 r1", "h2 r1", "h3 stays"])
    let joined = others + [Memory.host(Memory.receipt(2, "d6", at: 30), keeps: [2])]
    let plan = try Memory.rollback(joined, isStored: false)
    #expect(Memory.ways(plan) == ["h1 r1", "h2 r1", "h3 r1"] && plan.hosts.map(\.stages) == [false, false, true])
  }
}
