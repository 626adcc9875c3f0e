/// The variables in reach at a place of a source, with what they are.
struct VariableScopes {
  /// What a value is, as far as the source shows.
  struct Kind: Hashable {
    /// An object of the language, `string`, `boolean`, `nothing`.
    var name: String
    /// False: only its name says so.
    var isSure: Bool
  }

  private struct Scope {
    var kinds: [Substring: Kind?] = [:]
    var isFunction = false
    var runs = false
  }

  private var scopes = [Scope()]

  mutating func open() { scopes.append(Scope()) }

  /// - Parameter runs: whether the function is called while a deployment runs, and never before.
  mutating func openFunction(runs: Bool) { scopes.append(Scope(isFunction: true, runs: runs)) }

  mutating func close() { if scopes.count > 1 { scopes.removeLast() } }

  mutating func declare(_ name: Substring, as kind: Kind?) { scopes[scopes.count - 1].kinds[name] = .some(kind) }

  /// Something else is in it from here on.
  mutating func forget(_ name: Substring) {
    for index in scopes.indices.reversed() where scopes[index].kinds[name] != nil {
      scopes[index].kinds[name] = .some(nil)
      return
    }
  }

  func isDeclared(_ name: Substring) -> Bool { scopes.contains { $0.kinds[name] != nil } }

  func kind(of name: Substring) -> Kind? { scopes.last { $0.kinds[name] != nil }?.kinds[name] ?? nil }

  var isInFunction: Bool { scopes.contains(where: \.isFunction) }
  /// Whether this place is reached only while a deployment runs.
  var runs: Bool { scopes.contains(where: \.runs) }
}
