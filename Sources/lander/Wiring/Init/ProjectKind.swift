/// The kind of a project, which is recognised by its files.
enum ProjectKind: String, CaseIterable, Sendable {
  case site, node, python, ruby, swift, go, other

  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// Returns the first kind whose files exist in the folder.
  static func found(in folder: String) -> ProjectKind {
    func has(_ names: String...) -> Bool { names.contains { Folder.exists(folder + "/" + $0) } }
    if has("package.json") { return .node }
    if has("Gemfile", "config.ru") { return .ruby }
    if has("pyproject.toml", "requirements.txt", "setup.py", "manage.py", "Pipfile") {
      return .python
    }
    if has("Package.swift") { return .swift }
    if has("go.mod") { return .go }
    if has(
      "index.html", "public/index.html", "dist/index.html", "_site/index.html", "_config.yml",
      "hugo.toml")
    {
      return .site
    }
    return .other
  }

  var title: String {
    switch self {
    case .site: "a static site"
    case .node: "a Node application"
    case .python: "a Python application"
    case .ruby: "a Ruby application"
    case .swift: "a Swift package"
    case .go: "a Go module"
    case .other: "an application"
    }
  }
}
