import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Receipts decide what ran before, even if clocks differ or two deployments had the same release.
struct ReceiptOrderTests {
  private func text(_ colour: String = "blue") -> String {
    Bench.text(body: "strategy = rolling, on = { ApplicationStart = function(host) host:run \"start \(colour)\" end },")
  }
  private func next(_ before: Bench, _ version: Int, _ colour: String = "blue") throws -> Bench {
    try Bench(text(colour), files: ["app/version": "\(version)\n"], hosts: before.transport.hosts, after: before)
  }
  /// Changes the receipts of both hosts as if the clock of the engine had been a day ahead. Returns the changed time.
  private func skew(_ bench: Bench) -> Timestamp {
    let ahead = bench.desk.now + .minutes(1440)
    for host in ["h1", "h2"] { bench.transport.change(host) { $0.receipt?.at = ahead } }
    return ahead
  }
  private func back(_ bench: Bench) async throws {
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    #expect(try await bench.end(bench.desk.deploy(plan)).deployments.map(\.conclusion?.status) == [.succeeded])
  }

  @Test("a deployment after one whose engine's clock was a day ahead counts as later, and rollbacks go back one by one")
  func clocks() async throws {
    var bench = try Bench(text(), files: ["app/version": "1\n"])
    try await bench.deploy()
    let one = bench.transport.hosts[0].current
    bench = try next(bench, 2)
    try await bench.deploy()
    let two = bench.transport.hosts[0].current
    let ahead = skew(bench)
    bench = try next(bench, 3)
    let plan = try await bench.plan().plan
    #expect(plan.origin.at < ahead && plan.receiptTime == ahead + Interval(milliseconds: 1))
    #expect(try await bench.end(bench.desk.deploy(plan)).deployments.map(\.conclusion?.status) == [.succeeded])
    try await back(bench)
    #expect(bench.transport.hosts.map(\.current) == [two, two])
    try await back(bench)
    #expect(bench.transport.hosts.map(\.current) == [one, one])
  }

  @Test("the way back after a failure goes to what ran before, though the engine before that had a clock that was ahead")
  func automatic() async throws {
    var bench = try Bench(text(), files: ["app/version": "1\n"])
    try await bench.deploy()
    let ahead = skew(bench)
    bench = try next(bench, 2)
    try await bench.deploy()
    let two = bench.transport.hosts[0].current
    var faults = Faults()
    faults.appointments = [.failing(host: 1, .applicationStart, release: nil)]
    bench = try Bench(text(), files: ["app/version": "3\n"], hosts: bench.transport.hosts, after: bench, faults: faults)
    #expect(try await bench.deploy().deployments.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(bench.transport.hosts.map(\.current) == [two, two])
    #expect(bench.transport.hosts.allSatisfy { $0.receipt.map { ahead < $0.at } == true })
  }

  @Test(
    "what an interrupted deployment left of a release that is good with another recipe goes back to that recipe, and no further",
    arguments: [["h1"], ["h1", "h2"]])
  func recipes(_ reached: [String]) async throws {
    var bench = try Bench(text(), files: ["app/version": "1\n"])
    try await bench.deploy()
    bench = try next(bench, 2)
    try await bench.deploy()
    let (two, blue) = (bench.transport.hosts[0].current, bench.transport.hosts[1].receipt?.inputs)
    bench = try next(bench, 2, "red")
    try await bench.deploy(DeploymentRequest(only: reached))
    // The engine died before it could record that the deployment succeeded.
    for host in reached { bench.transport.change(host) { $0.receipt?.trial = true } }
    #expect(bench.transport.hosts[0].receipt?.inputs != blue && bench.transport.hosts[0].current == two)
    let before = bench.transport.hosts[1].receipt
    try await back(bench)
    #expect(bench.transport.hosts.map(\.current) == [two, two])
    #expect(bench.transport.hosts.map { $0.receipt?.inputs } == [blue, blue])
    if reached == ["h1"] { #expect(bench.transport.hosts[1].receipt == before, "the host that it never reached stays as it is") }
  }
}
