import DeployDesk
import DeployModel
import DeployReport

extension PastDeployments {
  /// Returns who made a deployment, why, who sent it messages, and whether it left anything that needs attention. Returns nil if the
  /// beginning of its journal is missing.
  func account(of deployment: Deployment.ID) async throws -> Account? {
    let story = DeploymentStory(try await outline(of: deployment))
    return story.plan.map { _ in Account(story) }
  }

  /// Returns the account of a deployment and its rollback, both of which have ended. What the rollback repaired no longer needs attention.
  func account(of pair: DeploymentPair) async throws -> Account {
    var back: DeploymentStory?
    if let id = pair.back?.id { back = DeploymentStory(try await outline(of: id)) }
    return Account(DeploymentStory(try await outline(of: pair.first.id)), rollback: back)
  }

  /// Returns the report of one deployment.
  /// - Parameter word: an id, the beginning of an id, or `last`.
  func accountReport(of word: String) async throws -> AccountReport {
    let named = try await find(word)
    let pair = try await pair(of: named.id)
    var back: DeploymentStory?
    if let rollback = pair.back, rollback.id != named.id { back = DeploymentStory(try await entries(of: rollback.id)) }
    return AccountReport(DeploymentStory(try await entries(of: named.id)), rollback: back, state: HistoryReport([named]).entries[0].state)
  }

  /// Adds two things to the report: the messages to open deployments of these hosts, and what the newest ended deployment left.
  func account(for found: Surveyed, in report: inout StatusReport) async throws {
    for deployment in report.open {
      if let account = try await account(of: deployment.id) { report.accounts.append(account) }
    }
    guard let pair = try await newestEnd(of: found.recipe, to: found.group) else { return }
    report.left = try await account(of: pair)
  }
}
