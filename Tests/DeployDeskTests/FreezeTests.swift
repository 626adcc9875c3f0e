import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// Freeze windows before and during a deployment. The bench's time begins on Fri 2027-01-15 at 08:00 UTC.
struct FreezeTests {
  private static func text(_ freeze: String) -> String { Bench.text(body: "freeze = \(freeze),") }
  private static let holds = text("{ days = \"fri\", from = \"08:00\", to = \"20:00\", name = \"stocktaking\" }")

  @Test("a deployment in a freeze is refused before the start with exit code 3, when it began, when it ends, and how to set it aside")
  func refused() async throws {
    let bench = try Bench(Self.holds)
    let text = await refusal { _ = try await bench.desk.planInTurn(Asked(DeploymentRequest()), of: bench.project, .fail) }
    let began = "nothing is deployed in the freeze \"stocktaking\": it began Fri 2027-01-15 08:00 and lasts until"
    #expect(text.contains(began), "\(text)")
    #expect(text.contains("Fri 2027-01-15 20:00 UTC, for 1"), "\(text)")
    #expect(text.contains("lander rollback and lander cancel are always possible"), "\(text)")
    #expect(text.contains("--override-freeze --reason TEXT"), "\(text)")
    do {
      _ = try await bench.desk.planInTurn(Asked(DeploymentRequest()), of: bench.project, .wait(.minutes(5)))
      Issue.record("it was not refused")
    } catch let problems as Problems { #expect(problems.exit == .refused) }
    let unclear = Asked(DeploymentRequest(), unclear: [Problem("it needs a reason", subject: "--override-freeze")])
    let typed = await refusal { _ = try await bench.desk.planInTurn(unclear, of: bench.project, .fail) }
    #expect(typed == "--override-freeze: it needs a reason\n", "what was typed comes first")
    #expect(bench.transport.hosts.allSatisfy { $0.line.isEmpty }, "it never stood in line")
  }

  @Test("a freeze that leaves no time free names no end, as nobody looked that far")
  func endless() async throws {
    let bench = try Bench(Self.text("{ days = \"mon-sun\", name = \"always\" }"))
    let text = await refusal { _ = try await bench.desk.planInTurn(Asked(DeploymentRequest()), of: bench.project, .fail) }
    #expect(text.contains("nothing is deployed in the freeze \"always\": it leaves no free time in the next 35 days"), "\(text)")
    #expect(
      text.contains("look at freeze in the recipe") && !text.contains("lasts until") && !text.contains("deploy after that"), "\(text)")
    let plan = try await bench.desk.plan(Asked(DeploymentRequest()), of: bench.project).plan
    let value = JSON.text(PlanReport(plan, rehearsal: []).value(connected: true))
    #expect(value.contains(#""freeze":{"holds":true,"times":[{"name":"always","from":"#) && !value.contains(#""until""#), "\(value)")
    let lines = PlanReport(plan, rehearsal: []).lines(on: Surface()).joined(separator: "\n")
    #expect(lines.contains("\"always\" holds now, and leaves no free time in the next five weeks: deploy is refused"), "\(lines)")
  }

  @Test("check finds a time zone that this machine does not know, however far away the window is")
  func unknownZone() async throws {
    let bench = try Bench(Self.text("{ days = \"fri\", zone = \"Europe/Nowhere\" }"))
    let result = try await DryRun(project: bench.project, stage: bench.desk.stage, zones: { _ in nil }).result()
    #expect(result.problems.map(\.message) == ["this machine knows no time zone \"Europe/Nowhere\""])
    #expect(try await DryRun(project: bench.project, stage: bench.desk.stage).result().problems.isEmpty)
  }

  @Test("plan shows the freeze that holds and the next ones, and is not refused")
  func planned() async throws {
    let bench = try Bench(Self.holds)
    let planned = try await bench.plan()
    let row = try #require(planned.report.lines(on: .init()).first { $0.contains("Freeze") })
    #expect(row.contains("\"stocktaking\" holds now, until Fri 2027-01-15 20:00 UTC: deploy is refused"), "\(row)")
    #expect(row.contains("\"stocktaking\" from Fri 2027-01-22 08:00 to"), "\(row)")
  }

  @Test("an override deploys all the same, and the plan and the journal say who and why")
  func override() async throws {
    let bench = try Bench(Self.holds)
    var request = DeploymentRequest()
    request.freezeOverride = "the shop is down"
    let plan = try await bench.desk.planInTurn(Asked(request), of: bench.project, .fail).plan
    #expect(plan.flow.freeze?.override == "the shop is down")
    let end = try await bench.end(bench.desk.deploy(plan)).deployments[0]
    #expect(end.conclusion?.status == .succeeded)
    let remarks = await bench.journal.entries(of: plan.id).entries.compactMap { entry -> String? in
      if case .noted(.remark(let text)) = entry.fact { text } else { nil }
    }
    let said = "the freeze \"stocktaking\", until Fri 2027-01-15 20:00 UTC, is set aside by me@bench: the shop is down"
    #expect(remarks.contains(said), "\(remarks)")
  }

  @Test("a freeze that begins while a deployment waits holds its next wave until it is over, and a rollback is never refused")
  func between() async throws {
    let body = "strategy = rolling { batch = 1, pause = \"2h\" }, freeze = { from = \"09:00\", to = \"12:00\" },"
    let bench = try Bench(Bench.text(body: body))
    let plan = try await bench.desk.planInTurn(Asked(DeploymentRequest()), of: bench.project, .fail).plan
    #expect(try await bench.end(bench.desk.deploy(plan)).deployments[0].conclusion?.status == .succeeded)
    let entries = await bench.journal.entries(of: plan.id).entries
    let waves = entries.filter { if case .noted(.waveBegan) = $0.fact { true } else { false } }.map(\.at)
    let noon = try #require(plan.flow.freeze?.times.first?.until)
    #expect(waves.count == 2 && waves[0] < noon && waves[1] >= noon, "\(waves)")
    #expect(entries.contains { if case .noted(.gateOpened(_, let gate)) = $0.fact { gate.name == "freeze" } else { false } })
  }

  @Test("a time zone that this machine does not know is refused with the recipe's line, and one of its database is read")
  func zones() async throws {
    let bench = try Bench(Self.text("{ days = \"sat\", zone = \"Europe/Berlim\" }"))
    let text = await refusal { _ = try await bench.plan() }
    #expect(text.contains("deploy.lua:8") && text.contains("this machine knows no time zone \"Europe/Berlim\""), "\(text)")
    #expect(text.contains("package tzdata"), "\(text)")
  }
}
