import Foundation
import SchemaCheck
import Testing

@Suite("lander rollback --plan") struct RollbackPlanTests {
  private func place() throws -> Workplace {
    let place = try Workplace.project(body: "on = { ApplicationStart = function(host) host:run \"cat version >> ../../started\" end },")
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    return place
  }

  @Test("it shows where each host would go and what would run there, and changes nothing")
  func shown() throws {
    let place = try place()
    let before = try place.text("hosts/h1/srv/app/started")
    let plan = try place.lander("rollback", "--plan")
    #expect(plan.code == 0, "\(plan.everything)")
    for words in ["Plan: roll back app", "h1  change", "run cat version >> ../../started", "make release"] {
      #expect(plan.out.contains(words), "\(words): \(plan.out)")
    }
    #expect(try place.text("hosts/h1/srv/app/started") == before)
    let said = try Node(try place.lander("rollback", "--plan", "--json").out)
    #expect(try Schema("docs/schemas/result.schema.json").faults(of: try #require(said["result"]), as: "plan").isEmpty)
    #expect(try place.lander("history", "--json").out.components(separatedBy: #""kind":"rollback""#).count == 1, "nothing was begun")
    #expect(try place.lander("rollback").code == 0)
    #expect(try place.text("hosts/h1/srv/app/started") != before)
  }

  @Test("what would be refused is refused, with the same exit code")
  func refused() throws {
    let place = try place()
    #expect(try place.lander("rollback").code == 0)
    let plan = try place.lander("rollback", "--plan")
    let real = try place.lander("rollback")
    #expect(plan.code == real.code && plan.code != 0 && plan.err == real.err, "\(plan.everything)")
  }
}
