package import DeployCore
package import DeployModel

/// What a deployment read: its recipe's sources, and the files that these sources read while they were loaded.
package struct DeployedSources: Sendable {
  package let deployment: DeploymentSummary
  package let sources: [SourceFile]
}

extension PastDeployments {
  /// Returns what the deployments of one `deploy.lua` read, newest first. Anything that this machine no longer has is left out. Only the
  /// newest ten deployments of the state folder are searched.
  /// - Parameter text: the text of `deploy.lua`. Deployments with a different text, such as those of another project, are left out.
  package func readings(of text: String, in store: any BundleStore) async throws -> [DeployedSources] {
    var found: [DeployedSources] = []
    for one in try await deployments().prefix(10) {
      guard case .planned(let plan) = try await outline(of: one.id).first?.fact, let recipe = plan.content.recipes.first,
        let sources = try? await store.sources(recipe.sources), sources.contains(SourceFile(path: "deploy.lua", text: text))
      else { continue }
      found.append(DeployedSources(deployment: one, sources: sources))
    }
    return found
  }
}
