import Testing

@Suite("Rehearsing", .serialized)
struct RehearseTests {
  @Test("a fleet of any size stands in for the group, and the same seed tells the same story")
  func fleet() throws {
    let place = try Workplace.project(body: "on = { ValidateService = function(host) host:run \"true\" end },")
    let first = try place.lander("rehearse", "--hosts", "40", "--seed", "7", "--faults", "failing=5%")
    #expect(first.code == 0, "\(first.err)\(first.out)")
    #expect(first.outLines.first == "Rehearsal with seed 7: 40 simulated hosts, faults: failing=5%", "\(first.out)")
    #expect(first.outLines.last == "Every promise was kept, checked after every event.")
    #expect(try place.lander("rehearse", "--hosts", "40", "--seed", "7", "--faults", "failing=5%").out == first.out)
  }
}
