package import DeployCore
package import DeployModel

extension PastDeployments {
  /// Returns the newest deployment whose plan and recipe sources this machine still has, with these sources; nil: there is none among the
  /// newest ten.
  package func newestSources(in store: any BundleStore) async throws -> (deployment: Deployment.ID, sources: [SourceFile])? {
    for one in try await deployments().prefix(10) {
      guard case .planned(let plan) = try await outline(of: one.id).first?.fact, let recipe = plan.content.recipes.first else { continue }
      if let sources = try? await store.sources(recipe.sources) { return (one.id, sources) }
    }
    return nil
  }
}
