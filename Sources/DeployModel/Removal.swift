/// The removal of an application from its hosts, which reverses its first deployment.
package struct Removal: Sendable, Hashable, Codable {
  /// Whether `shared`, which contains the application's data, is removed too.
  package let shared: Bool
  /// Whether the application is removed even if it cannot be stopped.
  package let force: Bool

  package init(shared: Bool = false, force: Bool = false) {
    self.shared = shared
    self.force = force
  }

  /// The options as a person types them, each preceded by a space.
  package var options: String { (shared ? " --shared" : "") + (force ? " --force" : "") }
}

extension Recipe {
  /// Whether the recipe runs a task or a removal, neither of which brings a revision to hosts.
  package var bringsNothing: Bool { task != nil || removal != nil }

  /// Returns a recipe that removes the application instead of deploying it.
  package func removing(_ removal: Removal) -> Recipe {
    var recipe = withoutRevision(parameters: [], stages: [.rollout(nil)])
    recipe.removal = removal
    recipe.appspec = appspec
    // A floor and similar rules are for hosts that serve again afterwards.
    recipe.configuration = configuration.map { own in
      var bounds = own
      (bounds.floor, bounds.healthy, bounds.unreachable) = (nil, nil, .count(0))
      (bounds.apart, bounds.alone, bounds.each) = (nil, nil, nil)
      return bounds
    }
    return recipe
  }
}

extension Project {
  /// Returns the project with recipes that remove their applications.
  package func removing(_ removal: Removal) -> Project {
    var project = self
    project.recipes = recipes.map { $0.removing(removal) }
    return project
  }
}
