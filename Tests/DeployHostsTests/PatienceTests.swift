import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Synchronization
import Testing

@testable import DeployHosts

/// How long an engine waits for an unreachable host, in the deployment's first process and in a process that resumes it.
@Suite("Patience", .serialized)
struct PatienceTests {
  /// Collects notices in their order.
  private final class Heard: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0 } }
    func take(_ notice: Hosts.Notice) {
      switch notice {
      case .away: list.withLock { $0.append("away") }
      case .back: list.withLock { $0.append("back") }
      default: break
      }
    }
  }

  /// Returns a host that provides a shell only while a certain file exists.
  private func refusing(_ ground: Ground) -> (site: HostSite, gate: String) {
    let gate = "\(ground.folder)/up"
    var host = ground.host
    host.argv = ["sh", "-c", "[ -e '\(gate)' ] || { echo 'Connection refused' >&2; exit 1; }; exec sh"]
    let site = HostSite(host: host, deployment: "d1", application: "shop", group: "all", path: ground.path, fence: 1, token: "t1")
    return (site, gate)
  }

  @Test("a process that resumes gives a host that refuses the patience of a running deployment, and says so")
  func resumed() async throws {
    let ground = try Ground()
    let (site, gate) = refusing(ground)
    let heard = Heard()
    ground.hosts.listen(heard.take)
    // The host is unreachable for longer than three attempts take.
    let opening = Task {
      try await Task.sleep(for: .seconds(4))
      _ = FileManager.default.createFile(atPath: gate, contents: nil)
    }
    let outcome = await ground.run(1, "echo back", site: site)
    #expect(outcome.failure == nil && outcome.stdout?.text == "back\n", "\(outcome)")
    #expect(heard.all == ["away", "back"])
    _ = try? await opening.value
    await ground.end()
  }

  @Test("what is not asked under a deployment's lock gets three attempts, without a notice")
  func surveyed() async throws {
    let ground = try Ground()
    let (site, _) = refusing(ground)
    let heard = Heard()
    ground.hosts.listen(heard.take)
    let began = ContinuousClock.now
    let survey = await ground.hosts.survey(site.host, at: site.path, application: "shop", group: "all", shared: [])
    guard case .unreachable(let failure) = survey else { return #expect(Bool(false), "it was reached") }
    #expect(failure.message.contains("(tried 3 times)"), "\(failure.message)")
    #expect(ContinuousClock.now - began < .seconds(20) && heard.all == [])
    await ground.end()
  }

  @Test("a host that was given up is asked once for its lock, and nobody is told again that it is away")
  func givenUp() async throws {
    let ground = try Ground { $0.patience = .seconds(6) }
    let (site, _) = refusing(ground)
    let heard = Heard()
    ground.hosts.listen(heard.take)
    #expect(await ground.run(1, "true", site: site).failure?.kind == .unreachable)
    // A renewal of the host's lock may be running now.
    let began = ContinuousClock.now
    let outcome = await ground.perform(2, .unlock(token: "t1"), site: site)
    #expect(outcome.failure?.kind == .unreachable, "\(outcome)")
    #expect(ContinuousClock.now - began < .seconds(6), "it waited once more")
    #expect(heard.all == ["away"])
    await ground.end()
  }

  @Test("an operation that ran out of its time says that the host was unreachable, or did not answer")
  func late() async throws {
    let ground = try Ground()
    let (site, gate) = refusing(ground)
    let away = await ground.perform(1, .exists(path: "/x"), timeout: .seconds(2), site: site).failure
    #expect(away?.kind == .timeout, "\(String(describing: away))")
    #expect(
      away?.message.contains("not done within 2 s: the host is unreachable (") == true && away?.fix?.hasPrefix("lander hosts") == true)
    _ = FileManager.default.createFile(atPath: gate, contents: nil)
    #expect(await ground.perform(2, .exists(path: "/"), site: site).failure == nil)
    let client = try #require(await ground.hosts.client(of: site.host))
    kill(client, SIGSTOP)
    let silent = await ground.perform(3, .exists(path: "/x"), timeout: .seconds(2), site: site).failure
    kill(client, SIGCONT)
    #expect(
      silent?.message == "not done within 2 s: the connection is open, and the host does not answer", "\(String(describing: silent))")
    await ground.end()
  }
}
