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
    /// Where each variable is declared.
    var places: [Substring: Int] = [:]
    var isFunction = false
    var runs = false
  }

  private var scopes = [Scope()]

  mutating func open() { scopes.append(Scope()) }

  /// - Parameter runs: whether the function is called while a deployment runs, and never before.
  mutating func openFunction(runs: Bool) { scopes.append(Scope(isFunction: true, runs: runs)) }

  mutating func close() { if scopes.count > 1 { scopes.removeLast() } }

  /// - Parameter place: the index of the token that declares it.
  mutating func declare(_ name: Substring, as kind: Kind?, at place: Int) {
    scopes[scopes.count - 1].kinds[name] = .some(kind)
    scopes[scopes.count - 1].places[name] = place
  }

  /// Where the variable is declared that a name means here; nil: it is a global.
  func place(of name: Substring) -> Int? { scopes.last { $0.places[name] != nil }?.places[name] }

  func isDeclared(_ name: Substring) -> Bool { scopes.contains { $0.kinds[name] != nil } }

  func kind(of name: Substring) -> Kind? { scopes.last { $0.kinds[name] != nil }?.kinds[name] ?? nil }

  var isInFunction: Bool { scopes.contains(where: \.isFunction) }
  /// Whether this place is reached only while a deployment runs.
  var runs: Bool { scopes.contains(where: \.runs) }
}
