import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests who asked for a deployment, why, and from which commit, as recorded in plans, locks and receipts and shown to recipes.
struct ProvenanceTests {
  /// A working copy with the successive commits `1…`, `2…`, `3…`.
  private struct Copy: VersionControl {
    var head: Int

    static func id(_ number: Int) -> String { String(repeating: "\(number)", count: 40) }

    func commit(_ ref: String?, in folder: String) async -> Commit? {
      ref == nil ? Commit(id: Self.id(head), subject: "Change \(head)") : nil
    }

    func changes(from old: String, to new: String, in folder: String) async -> CommitRange? {
      CommitRange(from: old, total: 1, newest: [CommitRange.Line(id: new, author: "Kim", subject: "from \(old.prefix(1))")])
    }

    func files(from old: String, to new: String, in folder: String) async -> [ChangedFile]? {
      [ChangedFile(.changed, "app/version-\(old.prefix(1))-\(new.prefix(1))")]
    }
  }

  @Test("diff compares the commit that a deployment would bring with those that hosts run, and a host that runs nothing is told apart")
  func difference() async throws {
    let (first, _) = try await deploy(1, StatedProvenance())
    let bench = try Bench(
      Bench.text(body: hook), hosts: [try first.host("h1"), Bench.host("h2")], after: first, commits: Copy(head: 2))
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let (commit, folder) = try await bench.desk.commit(toDeploy: selection, nil, in: bench.project)
    let all = await bench.desk.differences(await bench.desk.survey(selection), to: commit, in: folder)
    #expect(commit.id == Copy.id(2) && all.map(\.hosts) == [["h1"], ["h2"]])
    #expect(all[0].commit?.id == Copy.id(1) && all[0].changes?.total == 1 && all[0].files == [ChangedFile(.changed, "app/version-1-2")])
    #expect(all[1].commit == nil && all[1].release == nil && all[1].changes == nil && all[1].files == nil)
    let plain = try Bench(Bench.text(body: hook))
    let text = await refusal {
      _ = try await plain.desk.commit(toDeploy: selection, nil, in: plain.project)
    }
    #expect(text.hasPrefix("no commit is known for what recipe \"app\" would deploy\n"), "\(text)")
  }

  private static let system = CISystem {
    [
      "GITLAB_CI": "true", "GITLAB_USER_LOGIN": "kim", "CI_COMMIT_SHA": Copy.id(2), "CI_COMMIT_BRANCH": "main",
      "CI_JOB_URL": "https://git.example/jobs/7",
    ][$0]
  }
  private let hook = """
    strategy = rolling, on = { ApplicationStart = function(host, deployment)
      host:run { "start", deployment.message or "", deployment.commit or "", deployment.labels.ticket or "", deployment.job or "" }
    end },
    """

  private func deploy(
    _ head: Int, _ said: StatedProvenance, after first: Bench? = nil, faults: Faults = Faults()
  ) async throws -> (Bench, Plan) {
    let bench = try Bench(
      Bench.text(body: hook), files: ["app/version": "\(head)\n"], hosts: first?.transport.hosts, after: first, faults: faults,
      commits: Copy(head: head), system: Self.system)
    let plan = try await bench.plan(DeploymentRequest(said: said)).plan
    _ = try await bench.end(bench.desk.deploy(plan))
    return (bench, plan)
  }

  @Test("who, why, commit, branch and job are in the plan, the lock, the receipts, and the recipe's functions")
  func everywhere() async throws {
    let said = StatedProvenance(message: "Fix the login", labels: [Label(name: "ticket", value: "SHOP-12")])
    let (bench, plan) = try await deploy(2, said)
    #expect(plan.origin.actor == "kim via me@bench")
    let provenance = plan.origin.provenance
    #expect(provenance?.commit == Commit(id: Copy.id(2), branch: "main", subject: "Change 2"))
    #expect(provenance?.job == Provenance.Job(system: "gitlab", url: "https://git.example/jobs/7"))
    #expect(plan.lock.owner == "kim via me@bench" && plan.lock.purpose.hasSuffix(" to test: Fix the login"), "\(plan.lock.purpose)")
    let receipt = try #require(bench.transport.hosts[0].receipt)
    #expect(receipt.actor == "kim via me@bench" && receipt.provenance?.message == "Fix the login")
    #expect(receipt.provenance?.commit?.id == Copy.id(2) && receipt.provenance?.labels == said.labels)
    let lines = await bench.journal.entries(of: plan.id).entries.compactMap { entry -> [String]? in
      guard case .intended(let intent) = entry.fact, case .run(let command) = intent.operation, case .argv(let words) = command.form
      else { return nil }
      return words
    }
    #expect(lines.first == ["start", "Fix the login", Copy.id(2), "SHOP-12", "https://git.example/jobs/7"])
  }

  @Test("the commits between what hosts run and what they are brought to are in the plan, by the hosts' own receipts")
  func changes() async throws {
    let (first, plan) = try await deploy(1, StatedProvenance())
    // Nothing ran there, so there are no new commits. The CI system names another commit, so its branch does not belong to this one.
    #expect(plan.origin.provenance?.changes == nil && plan.origin.provenance?.commit?.branch == nil)
    let (_, next) = try await deploy(2, StatedProvenance(actor: "lee"), after: first)
    #expect(next.origin.provenance?.changes?.from == Copy.id(1) && next.origin.provenance?.changes?.newest[0].subject == "from 1")
    #expect(next.origin.actor == "lee via me@bench")
  }

  @Test("a rollback says who asked for it and why, and the receipts name the commit that hosts go back to")
  func back() async throws {
    let (first, _) = try await deploy(1, StatedProvenance(message: "one"))
    let (second, _) = try await deploy(2, StatedProvenance(message: "two"), after: first)
    let selection = try second.project.project.selection(recipe: nil, group: nil, only: [])
    let plan = try await second.desk.planRollback(
      of: selection, in: second.project, straighten: false, said: StatedProvenance(message: "two is slow", actor: "ann"))
    #expect(plan.origin.actor == "ann via me@bench" && plan.origin.provenance?.message == "two is slow")
    _ = try await second.end(second.desk.deploy(plan))
    let receipt = try #require(second.transport.hosts[0].receipt)
    #expect(receipt.provenance?.commit?.id == Copy.id(1) && receipt.provenance?.message == "two is slow")
  }
}
