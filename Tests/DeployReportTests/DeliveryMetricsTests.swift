import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("DORA's four measures")
struct DeliveryMetricsTests {
  private typealias Deployment = DeliveryMetrics.Deployment
  private static let hour = 3_600_000
  /// Returns the time this number of hours after the beginning of the period.
  private func at(_ hours: Double) -> Timestamp { Timestamp(milliseconds: Stories.start.milliseconds + Int(hours * Double(Self.hour))) }

  private func one(
    _ id: DeployModel.Deployment.ID, _ ended: Double, _ end: Deployment.End, kind: Plan.Kind = .deploy, committed: Double? = nil,
    lasting: Double = 0.5
  ) -> Deployment {
    Deployment(
      id: id, application: "shop", group: "production", kind: kind, began: at(ended - lasting), ended: at(ended), end: end,
      committed: committed.map(at))
  }

  @Test("counts what stayed, takes the median of lead times, and measures from a failure to the next good end")
  func all() throws {
    let metrics = DeliveryMetrics(
      [
        one("1", 1, .good, committed: 0), one("2", 5, .good, committed: 2), one("3", 10, .failed),
        one("4", 10.5, .good, kind: .rollback(of: "3")),
        one("5", 20, .good, committed: 10), one("6", 22, .good, kind: .rollback(of: nil), lasting: 0.25), one("7", 24, .nothing),
      ], since: at(0), until: at(48))
    let row = try #require(metrics.rows.first)
    #expect(metrics.rows.count == 1 && row.succeeded == 3 && row.perDay == 1.5)
    #expect(row.lead?.median == .minutes(180) && row.lead?.ninth == .minutes(600) && row.lead?.count == 3)
    // Deployment 3 failed, and a person rolled deployment 5 back.
    #expect(row.failed == 2 && row.failureRate == 0.5)
    #expect(row.restore?.count == 2 && row.restore?.median == .minutes(15) && row.restore?.ninth == .minutes(30))
    #expect(row.notRestored == 0)
  }

  @Test("a failure that nothing good has followed is open, and what ended before the period does not count")
  func open() throws {
    let metrics = DeliveryMetrics([one("0", -1, .failed), one("1", 1, .failed)], since: at(0), until: at(24))
    let row = try #require(metrics.rows.first)
    #expect(row.failed == 1 && row.notRestored == 1 && row.restore == nil && row.lead == nil && row.failureRate == 1 && row.succeeded == 0)
    #expect(DeliveryMetrics([one("0", -1, .good)], since: at(0), until: at(24)).rows.isEmpty)
  }

  @Test("a deployment that failed after it changed a host is a failure; a refused one and one that changed nothing are none")
  func ends() throws {
    #expect(Deployment(DeploymentStory(Stories.failing))?.end == .failed)
    let refused = Stories.entries([
      .planned(Stories.plan()), .concluded(Conclusion(status: .refused, error: Stories.broken, hosts: [.pending, .pending])),
    ])
    #expect(Deployment(DeploymentStory(refused))?.end == .nothing)
    let same = Stories.entries([.planned(Stories.plan()), .concluded(Conclusion(status: .succeeded, hosts: [.unchanged, .unchanged]))])
    #expect(Deployment(DeploymentStory(same))?.end == .nothing)
    #expect(Deployment(DeploymentStory(Stories.entries([.planned(Stories.plan())]))) == nil)
  }

  @Test("the same figures come out as CSV and as Prometheus' text, with names escaped as each needs it")
  func forms() {
    var odd = one("1", 1, .good, committed: 0.5)
    odd.application = "a,\"b\\\n"
    let metrics = DeliveryMetrics([odd], since: at(0), until: at(24))
    let csv =
      "since,until,application,group,deployments,per_day,lead_time_median_s,lead_time_p90_s,failures,change_failure_rate,"
      + "time_to_restore_median_s,time_to_restore_p90_s,not_restored\r\n"
      + "\(When.iso(at(0))),\(When.iso(at(24))),\"a,\"\"b\\\n\",production,1,1,1800,1800,0,0,,,0\r\n"
    #expect(metrics.csv == csv)
    let text = metrics.prometheus
    #expect(
      text.contains(
        "# TYPE lander_dora_deployments gauge\nlander_dora_deployments{application=\"a,\\\"b\\\\\\n\",group=\"production\"} 1\n"))
    #expect(text.contains("lander_dora_lead_time_seconds{application=\"a,\\\"b\\\\\\n\",group=\"production\",quantile=\"0.5\"} 1800\n"))
    #expect(!text.contains("lander_dora_time_to_restore_seconds{"))
  }
}
