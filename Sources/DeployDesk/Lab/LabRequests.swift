package import DeployModel

extension Project {
  /// Returns the deployments that a lab runs: of the named recipe, or of each recipe that has hosts.
  /// - Throws: if there is none, or if the lab cannot run the named recipe.
  package func labRequests(recipe name: String?, group: String?, parameters: [Value.Member]) throws(Problems) -> [DeploymentRequest] {
    var wanted = recipes.filter { $0.hasHosts(group) && $0.appspec == nil }
    if let name { wanted = [try recipe(named: name)] }
    if wanted.isEmpty {
      let fix = recipes.isEmpty ? "add one: recipe \"web\" { … }" : "say --recipe NAME --group NAME"
      throw Problems(Problem("deploy.lua declares no recipe that a lab can run", fix: fix))
    }
    if let refused = wanted.first(where: { $0.appspec != nil }) {
      throw Problems(
        Problem(
          "a lab does not run recipe \"\(refused.name)\": its appspec file names folders of the whole machine", place: refused.place,
          fix: "lander appspec run tries the bundle on a machine of its own"))
    }
    return wanted.map { DeploymentRequest(recipe: $0.name, group: group, parameters: parameters) }
  }
}

extension Recipe {
  fileprivate func hasHosts(_ group: String?) -> Bool { group != nil || targets != .unset }
}
