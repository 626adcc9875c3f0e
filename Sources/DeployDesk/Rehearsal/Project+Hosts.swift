import DeployCore
import DeployModel

extension Project {
  /// Replaces the hosts of the group in a request.
  /// - Throws: if the request's recipe does not exist.
  mutating func replaceHosts(of request: DeploymentRequest, by hosts: [Host]) throws(Problems) {
    let recipe = try Selection.recipe(request.recipe, in: self)
    let old = try? Selection.group(request.group, of: recipe, in: self)
    let name = old?.name ?? "rehearsal"
    groups = groups.filter { $0.name != name } + [DeploymentGroup(name: name, hosts: hosts)]
    if let index = recipes.firstIndex(where: { $0.name.isExactly(recipe.name) }) { recipes[index].targets = .group(name) }
  }
}
