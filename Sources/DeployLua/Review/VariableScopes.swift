/// The variables that can be reached at a place in a source, and the kinds of their values.
struct VariableScopes {
  /// The kind of a value, as far as the source shows it.
  struct Kind: Hashable {
    /// The name of an object of the language, or `string`, `boolean`, `nothing`.
    var name: String
    /// Whether the source proves the kind. If false, only the variable's name suggests it.
    var isSure: Bool
  }

  private struct Scope {
    var kinds: [Substring: Kind?] = [:]
    /// The index of the token that declares each variable.
    var places: [Substring: Int] = [:]
    var isFunction = false
    var runs = false
  }

  private var scopes = [Scope()]

  mutating func open() { scopes.append(Scope()) }

  /// - Parameter runs: whether the function is called only while a deployment runs.
  mutating func openFunction(runs: Bool) { scopes.append(Scope(isFunction: true, runs: runs)) }

  mutating func close() { if scopes.count > 1 { scopes.removeLast() } }

  /// - Parameter place: the index of the token that declares the variable.
  mutating func declare(_ name: Substring, as kind: Kind?, at place: Int) {
    scopes[scopes.count - 1].kinds[name] = .some(kind)
    scopes[scopes.count - 1].places[name] = place
  }

  /// Returns where the variable with this name is declared, as seen from here, or nil if the name is a global.
  func place(of name: Substring) -> Int? { scopes.last { $0.places[name] != nil }?.places[name] }

  func isDeclared(_ name: Substring) -> Bool { scopes.contains { $0.kinds[name] != nil } }

  func kind(of name: Substring) -> Kind? { scopes.last { $0.kinds[name] != nil }?.kinds[name] ?? nil }

  var isInFunction: Bool { scopes.contains(where: \.isFunction) }
  /// Whether this place in the source is reached only while a deployment runs.
  var runs: Bool { scopes.contains(where: \.runs) }
}
