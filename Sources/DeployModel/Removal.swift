/// The removal of an application from its hosts: the opposite of its first deployment.
package struct Removal: Sendable, Hashable, Codable {
  /// Whether `shared`, the application's data, is removed too.
  package let shared: Bool
  /// Whether to remove an application that cannot be stopped.
  package let force: Bool

  package init(shared: Bool = false, force: Bool = false) {
    self.shared = shared
    self.force = force
  }

  /// As they are typed, with a blank before each.
  package var options: String { (shared ? " --shared" : "") + (force ? " --force" : "") }
}

extension Recipe {
  /// Whether it brings no revision to its hosts.
  package var bringsNothing: Bool { task != nil || removal != nil }

  /// The recipe that takes the application off instead of deploying it.
  package func removing(_ removal: Removal) -> Recipe {
    var recipe = withoutRevision(parameters: [], stages: [.rollout(nil)])
    recipe.removal = removal
    recipe.appspec = appspec
    // A floor and the like are for hosts that serve again afterwards.
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
  /// The project whose recipes take their applications off.
  package func removing(_ removal: Removal) -> Project {
    var project = self
    project.recipes = recipes.map { $0.removing(removal) }
    return project
  }
}
