package import DeployModel

/// Finds recipes of one project that would use the same folder of a host. Each recipe would mistake the other recipe's release for its own.
package struct PathOwners: Sendable {
  /// The names in a recipe's folder that only Lander is allowed to write to.
  private static let own = ["releases", "current", ".lander", "appspec"]

  private let recipes: [Recipe]
  /// For each recipe, its path in parts.
  private let paths: [[String]]
  /// For each recipe, the machines of its own targets, sorted by key.
  private let machines: [[Machine]]

  /// A host, identified by how it is reached and not by its name.
  private struct Machine: Sendable {
    var key: String
    var name: String

    init(_ host: Host) {
      let address = host.isThisMachine ? "" : host.address ?? host.name
      key = (host.argv ?? [host.transport, address, "\(host.port ?? 0)", host.root ?? ""]).joined(separator: "\n")
      name = host.name
    }
  }

  package init(_ project: Project) {
    recipes = project.recipes
    paths = recipes.map { Self.parts($0.placement.path) }
    machines = recipes.map { recipe in
      guard let group = try? Selection.group(nil, of: recipe, in: project) else { return [] }
      return Self.machines(group.hosts)
    }
  }

  /// Returns a problem for each recipe of another application that has this recipe's path on one of these hosts, or has a path inside
  /// Lander's folders there.
  /// - Parameter hosts: the hosts to which the recipe will be deployed, or nil for its own targets.
  package func problems(of recipe: Recipe, on hosts: [Host]? = nil) -> [Problem] {
    guard let index = recipes.firstIndex(where: { $0.name.isExactly(recipe.name) }) else { return [] }
    let wanted = hosts.map(Self.machines) ?? machines[index]
    return recipes.indices.compactMap { other in
      guard !recipes[other].application.isExactly(recipe.application), Self.meets(paths[index], paths[other]) else { return nil }
      let common = Self.common(wanted, machines[other])
      guard let name = common.first else { return nil }
      let (first, second) = (min(index, other), max(index, other))
      let (one, two) = ("/" + paths[first].joined(separator: "/"), "/" + paths[second].joined(separator: "/"))
      let what = one == two ? "share the path \(one)" : "meet in \(one) and \(two)"
      let more = common.count > 1 ? " and \(common.count - 1) more" : ""
      let both = "recipes \"\(recipes[first].name)\" and \"\(recipes[second].name)\""
      return Problem(
        "\(both) are of different applications and \(what) on host \(name)\(more)",
        place: recipes[second].place,
        fix: "give each a path of its own; recipes of one application may share one: application = \"…\"")
    }
  }

  private static func machines(_ hosts: [Host]) -> [Machine] { hosts.map(Machine.init).sorted { ($0.key, $0.name) < ($1.key, $1.name) } }

  /// Returns the names of the machines that both sorted lists contain.
  private static func common(_ a: [Machine], _ b: [Machine]) -> [String] {
    var common: [String] = []
    var rest = b[...]
    for machine in a {
      rest = rest.drop { $0.key < machine.key }
      if rest.first?.key == machine.key { common.append(machine.name) }
    }
    return common
  }

  /// Whether one path equals the other, or lies in one of Lander's folders below the other.
  private static func meets(_ a: [String], _ b: [String]) -> Bool {
    let (outer, inner) = a.count <= b.count ? (a, b) : (b, a)
    guard inner.starts(with: outer) else { return false }
    return inner.count == outer.count || own.contains(inner[outer.count])
  }

  /// Returns the parts of a path in clean form: `/srv//./app/` becomes `srv` and `app`.
  private static func parts(_ path: String) -> [String] {
    var parts: [String] = []
    for part in path.split(separator: "/").map(String.init) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }
}
