package import DeployModel

/// Recipes of one project that would own the same folder of a host. Each would mistake the other's release for its own.
package struct PathOwners: Sendable {
  /// Folders below a recipe's path that Lander alone writes to.
  private static let own = ["releases", "current", ".lander", "appspec"]

  private let recipes: [Recipe]
  /// By recipe: its path in parts, and the machines of its own targets in the order of their keys.
  private let paths: [[String]]
  private let machines: [[Machine]]

  /// A host, identified by the connection that leads to its path, whatever its name is.
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

  /// The problems with recipes of other applications that share this one's path on one of these hosts, or have a path inside Lander's
  /// folders there. There is one for each such recipe.
  /// - Parameter hosts: the hosts to which the recipe will be deployed; nil: its own targets.
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

  /// Names of the machines that are in both sorted lists.
  private static func common(_ a: [Machine], _ b: [Machine]) -> [String] {
    var common: [String] = []
    var rest = b[...]
    for machine in a {
      rest = rest.drop { $0.key < machine.key }
      if rest.first?.key == machine.key { common.append(machine.name) }
    }
    return common
  }

  /// Whether one path equals the other, or is inside one of Lander's folders below it.
  private static func meets(_ a: [String], _ b: [String]) -> Bool {
    let (outer, inner) = a.count <= b.count ? (a, b) : (b, a)
    guard inner.starts(with: outer) else { return false }
    return inner.count == outer.count || own.contains(inner[outer.count])
  }

  /// The significant parts of a path: `/srv//./app/` is `/srv/app`.
  private static func parts(_ path: String) -> [String] {
    var parts: [String] = []
    for part in path.split(separator: "/").map(String.init) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }
}
