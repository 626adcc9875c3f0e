import DeployModel

/// Checks the paths of a project. A path that only needs tidying is tidied. A path that could lead elsewhere is reported as a problem, with
/// the path's line.
struct PathReview {
  let reader: ProjectReader
  private(set) var problems: [Problem] = []

  init(_ reader: ProjectReader) { self.reader = reader }

  /// - Parameter described: the prelude's description of the project.
  mutating func clean(_ project: inout Project, as described: Value) {
    for (index, value) in reader.list(described["recipes"]).enumerated() where project.recipes.indices.contains(index) {
      clean(&project.recipes[index], as: value)
    }
    for (index, value) in reader.list(described["groups"]).enumerated() where project.groups.indices.contains(index) {
      clean(&project.groups[index].hosts, as: value)
    }
    lookInside(project.recipes, as: described)
  }

  private mutating func clean(_ recipe: inout Recipe, as value: Value) {
    if let written = value["path"]?.text, value["path"] != "/" || place(of: "path", in: value) != nil,
      let path = read(written, .host, "path of recipe \"\(recipe.name)\"", at: place(of: "path", in: value) ?? recipe.place)
    {
      recipe.placement.path = path.text
      if let system = SystemFolder.refusal(ofApplication: path.text) {
        refuse("path of recipe \"\(recipe.name)\": \(system.message)", place(of: "path", in: value) ?? recipe.place, fix: system.fix)
      }
      if let own = path.ownName { refuse("path of recipe \"\(recipe.name)\": \(own)", place(of: "path", in: value) ?? recipe.place) }
    }
    let shared = SharedPaths(recipe.placement.shared)
    for (entry, problem) in shared.problems {
      let field = place(of: "shared", in: value) ?? recipe.place
      refuse("shared of recipe \"\(recipe.name)\": \(problem.message)", line(of: entry, from: field), fix: problem.fix)
    }
    recipe.placement.shared = shared.list.map(\.text)
    if var revision = recipe.revision {
      clean(&revision, of: recipe, as: value)
      recipe.revision = revision
    }
    if let file = recipe.appspec?.file,
      let path = read(file, .inside, "file of appspec", at: place(of: "appspec", in: value) ?? recipe.place)
    {
      recipe.appspec?.file = path.name
    }
    if case .hosts(var group) = recipe.targets, let hosts = value["targets"]?["hosts"] {
      clean(&group.hosts, as: hosts)
      recipe.targets = .hosts(group)
    }
  }

  private mutating func clean(_ revision: inout Revision, of recipe: Recipe, as value: Value) {
    func at(_ field: String) -> SourcePlace? {
      guard let place = revision.place, place.isOwn else { return self.place(of: "base", in: value) ?? recipe.place }
      return SourcePlace(file: place.file, line: reader.lines.line(of: field, in: place.file, after: place.line) ?? place.line)
    }
    switch revision.source {
    case .path(let from):
      guard let path = read(from, .here, "from of bundle", at: at("from")) else { return }
      if let system = SystemFolder.refusal(ofBundle: path.text) { refuse("from of bundle: \(system.message)", at("from"), fix: system.fix) }
      revision.source = .path(path.text)
    case .git(let ref, let repository):
      guard let path = read(repository, .here, "repository of bundle", at: at("repository")) else { return }
      revision.source = .git(ref: ref, repository: path.text)
    }
  }

  private mutating func clean(_ hosts: inout [Host], as value: Value) {
    let described = reader.list(value["hosts"])
    var known: [ExactText: String] = [:]
    for index in hosts.indices {
      guard let root = hosts[index].root else { continue }
      let use: WrittenPath.Use = hosts[index].isThisMachine ? .here : .host
      // If a group sets the root for all of its hosts, the value is checked only once.
      if let clean = known[ExactText("\(use) \(root)")] {
        hosts[index].root = clean
        continue
      }
      let group = reader.place(value)
      let own = group.flatMap { place in
        reader.lines.line(of: "root", in: place.file, after: place.line).map { SourcePlace(file: place.file, line: $0) }
      }
      let place = described.indices.contains(index) ? reader.place(described[index]) : nil
      let clean = read(root, use, "root of host \"\(hosts[index].name)\"", at: own ?? place ?? group)?.text ?? root
      known[ExactText("\(use) \(root)")] = clean
      hosts[index].root = clean
    }
  }

  /// Finds recipes whose path is inside the releases of another application's folder.
  private mutating func lookInside(_ recipes: [Recipe], as described: Value) {
    let owners = Dictionary(recipes.map { (ExactText($0.placement.path), $0.name) }) { first, _ in first }
    let values = reader.list(described["recipes"])
    for (index, recipe) in recipes.enumerated() {
      var folder = ""
      for part in recipe.placement.path.pathParts {
        if WrittenPath.ownNames.contains(String(part)), let owner = owners[ExactText(folder)], !owner.isExactly(recipe.name) {
          let place = values.indices.contains(index) ? place(of: "path", in: values[index]) : nil
          let path = recipe.placement.path
          refuse(
            "path of recipe \"\(recipe.name)\": \(path) lies in \(folder)/\(part), which recipe \"\(owner)\" keeps for itself",
            place ?? recipe.place, fix: "give each application a folder of its own")
        }
        folder += "/" + part
      }
    }
  }

  private mutating func read(_ written: String, _ use: WrittenPath.Use, _ subject: String, at place: SourcePlace?) -> WrittenPath? {
    do throws(Problem) { return try WrittenPath(written, as: use) } catch {
      refuse("\(subject): \(error.message)", place, fix: error.fix)
      return nil
    }
  }

  private mutating func refuse(_ message: String, _ place: SourcePlace?, fix: String? = nil) {
    problems.append(Problem(message, place: place, fix: fix))
  }

  /// Returns the line of a recipe's field. If a recipe or plugin that comes with Lander set it, this is the line of `base`. Returns nil if
  /// nothing set it.
  private func place(of field: String, in recipe: Value) -> SourcePlace? {
    guard let origin = reader.list(recipe["origins"]).first(where: { $0["name"]?.text == field }) else { return nil }
    guard let place = reader.fieldPlace(origin), !place.isOwn else { return reader.fieldPlace(origin) }
    guard let base = reader.list(recipe["origins"]).first(where: { $0["name"]?.text == "base" }) else { return place }
    return reader.fieldPlace(base)
  }

  /// Returns the line of a string in the list that begins at a place. If the string is not there literally, returns the list's own line.
  private func line(of text: String, from place: SourcePlace?) -> SourcePlace? {
    guard let place else { return nil }
    return SourcePlace(file: place.file, line: reader.lines.line(ofText: text, in: place.file, after: place.line) ?? place.line)
  }
}

extension SourcePlace {
  /// Whether the file belongs to the project rather than to a recipe or plugin.
  fileprivate var isOwn: Bool { !file.hasPrefix("recipes/") && !file.hasPrefix("plugins/") }
}
