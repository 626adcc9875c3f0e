import DeployModel

/// Finds wrong uses of the language's words in all functions of a source, even in branches that no rehearsal reaches.
struct WordUse {
  typealias Kind = VariableScopes.Kind

  let path: String
  let expressions: Expressions
  let book: WordBook
  var scopes = VariableScopes()
  var warnings: [Problem] = []
  /// The literal values that are checked together at the end.
  var literals = LiteralReview()
  /// The members that the source itself sets on some value. That value might be an object of the language.
  private(set) var own: Set<Substring> = []
  /// The variables whose values change somewhere, identified by the tokens that declare them. Nothing is known about their values at any
  /// other place either.
  private var changing: Set<Int> = []
  /// Whether this walk only collects the variables that change.
  private let isFirst: Bool
  /// The tables and blocks that are open at this point of the walk.
  private var open: [Opened] = []
  /// The variables that can be reached only from a later token on.
  private var pending: [(index: Int, name: Int, kind: Kind?)] = []
  /// The tokens after which the variables of a `repeat` can no longer be reached. They are the ends of the conditions.
  private var ends: [Int] = []
  /// The functions that `each` calls with hosts, by the indices of their first tokens.
  private var callbacks: Set<Int> = []

  /// A part of the source that has an end.
  private enum Opened {
    case block
    /// - Parameter word: the word that takes the table, `on` for the lifecycle events of a recipe, or nil if it is unknown.
    case table(at: Int, word: String?)
  }

  var tokens: [Token] { expressions.tokens }

  /// Returns the warnings about a source that compiles.
  static func warnings(in tokens: [Token], of path: String, by book: WordBook = .own) -> [Problem] {
    // A source that changes its environment can change the meaning of every word, so it is not checked.
    if tokens.contains(where: { $0.kind == .name && $0.text == "_ENV" }) { return [] }
    var first = WordUse(tokens, path, book, isFirst: true)
    first.walk()
    var use = WordUse(tokens, path, book, isFirst: false)
    use.changing = first.changing
    use.own = first.own
    use.walk()
    return (use.warnings + use.literals.warnings()).sorted { ($0.place?.line ?? 0) < ($1.place?.line ?? 0) }
  }

  private init(_ tokens: [Token], _ path: String, _ book: WordBook, isFirst: Bool) {
    self.path = path
    self.book = book
    self.isFirst = isFirst
    expressions = Expressions(tokens: tokens)
  }

  private mutating func walk() {
    var index = 0
    while index < tokens.count {
      for end in ends where end <= index { scopes.close() }
      ends.removeAll { $0 <= index }
      for one in pending where one.index <= index { declare(one.name, as: one.kind) }
      pending.removeAll { $0.index <= index }
      switch expressions.sign(index) {
      case "function": index = function(index)
      case "local": index = local(index)
      case "for": index = loop(index)
      case let sign:
        enter(sign, index)
        if expressions.isName(index) { name(index) }
        index += 1
      }
    }
  }

  private mutating func enter(_ sign: Substring, _ index: Int) {
    switch sign {
    case "then", "do", "repeat":
      scopes.open()
      open.append(.block)
    case "end", "elseif":
      scopes.close()
      _ = open.popLast()
    case "until":
      ends.append(expressions.end(index + 1))
      _ = open.popLast()
    case "else":
      scopes.close()
      scopes.open()
    case "{": open.append(.table(at: index, word: isFirst ? nil : word(ofTable: index)))
    case "(", "[": open.append(.block)
    case "}", ")", "]": _ = open.popLast()
    default: break
    }
  }

  /// Returns the word that takes the table at an index, such as `recipe` in `recipe "web" {` or `rollout:watch` in `rollout:watch {`.
  private mutating func word(ofTable index: Int) -> String? {
    var at = index - 1
    if expressions.sign(at) == "=" {
      guard expressions.isName(at - 1), tokens[at - 1].text == "on", case .table(_, "recipe") = open.last else { return nil }
      return "on"
    }
    if expressions.sign(at) == "(" { at -= 1 }
    if expressions.isText(at) { at -= 1 }
    guard expressions.isName(at) else { return nil }
    let sign = expressions.sign(at - 1)
    guard [".", ":"].contains(sign) else {
      return scopes.isDeclared(tokens[at].text) || sign == "::" ? nil : book.word(String(tokens[at].text))?.name
    }
    guard expressions.isName(at - 2), ![".", ":", "::"].contains(expressions.sign(at - 3)) else { return nil }
    let owner = tokens[at - 2].text
    let kind = scopes.isDeclared(owner) ? scopes.kind(of: owner)?.name : String(owner)
    return kind.flatMap { book.word("\($0)\(sign)\(tokens[at].text)")?.name }
  }

  private mutating func name(_ index: Int) {
    let before = expressions.sign(index - 1)
    guard before != ".", before != ":", before != "::" || expressions.isStatement(index), before != "goto" else { return }
    if case .table = open.last, ["{", ",", ";"].contains(before), expressions.sign(index + 1) == "=" { return }
    if isFirst {
      let isTarget = expressions.isStatement(index) || before == "," && expressions.sign(index + 1) == "="
      if isTarget { change(expressions.targets(index)) }
      return
    }
    if expressions.sign(index + 1) == "=" { return }
    if tokens[index].text == "each", !scopes.isDeclared("each"), expressions.sign(index + 1) == "(" { lookAtEach(index + 1) }
    _ = chain(index, tells: true)
  }

  private mutating func change(_ targets: (variables: [Int], members: [Substring])) {
    for variable in targets.variables {
      if let place = scopes.place(of: tokens[variable].text) { changing.insert(place) }
    }
    own.formUnion(targets.members)
  }

  // MARK: variables

  private mutating func declare(_ index: Int, as kind: Kind?) {
    scopes.declare(tokens[index].text, as: changing.contains(index) ? nil : kind, at: index)
  }

  private func names(_ index: Int) -> (names: [Int], end: Int) {
    var (names, at) = ([Int](), index)
    while at < tokens.count, tokens[at].kind == .name || expressions.sign(at) == "..." {
      names.append(at)
      at += 1
      if expressions.sign(at) == "<" { at += 3 }
      guard expressions.sign(at) == "," else { break }
      at += 1
    }
    return (names, at)
  }

  private mutating func function(_ index: Int) -> Int {
    var at = index + 1
    while at < tokens.count, expressions.sign(at) != "(" { at += 1 }
    if at > index + 2, isFirst { own.insert(tokens[at - 1].text) }
    if at == index + 2, expressions.sign(index - 1) != "local", let place = scopes.place(of: tokens[index + 1].text) {
      changing.insert(place)
    }
    let isMethod = expressions.sign(at - 2) == ":" && at > index + 2
    let (names, end) = names(at + 1)
    let told = isFirst || at > index + 1 ? nil : told(index)
    scopes.openFunction(runs: told != nil)
    open.append(.block)
    if isMethod { scopes.declare("self", as: nil, at: at) }
    for (position, name) in names.enumerated() {
      let given = told.flatMap { position < $0.count ? $0[position] : nil } ?? ""
      declare(name, as: book.given.contains(given) ? Kind(name: given, isSure: true) : nil)
    }
    return end + 1
  }

  /// Returns the arguments that a function gets, as its position in the source shows, or nil if they are unknown.
  private func told(_ index: Int) -> [String]? {
    if callbacks.contains(index) { return ["host"] }
    if expressions.sign(index - 1) == "=", expressions.isName(index - 2), case .table(let table, let word?) = open.last {
      guard ["{", ",", ";"].contains(expressions.sign(index - 3)) else { return nil }
      let field = String(tokens[index - 2].text)
      let arguments = book.arguments(of: field, in: word)
      return word == "stage" ? arguments.flatMap { onGround($0, of: field, table) } : arguments
    }
    guard expressions.sign(index - 1) == "(", expressions.isText(index - 2), expressions.isName(index - 3) else { return nil }
    guard ![".", ":"].contains(expressions.sign(index - 4)), !scopes.isDeclared(tokens[index - 3].text) else { return nil }
    return tokens[index - 3].text == "strategy" ? book.arguments(behind: "strategy") : nil
  }

  /// Returns the arguments of a stage's functions, or nil if they are unknown. If the stage runs on hosts, the arguments include a host.
  private func onGround(_ arguments: [String], of field: String, _ table: Int) -> [String]? {
    guard let on = expressions.fields(table).first(where: { $0.name?.text == "on" })?.value else { return arguments }
    guard on.count == 1, expressions.isText(on.lowerBound), field != "when" else { return nil }
    return tokens[on.lowerBound].text == "engine" ? arguments : ["host"] + arguments
  }

  /// Handles `each(hosts, function(host) … end)`: if the source shows that the list has hosts, the function gets a host.
  private mutating func lookAtEach(_ index: Int) {
    let arguments = expressions.arguments(index)
    guard arguments.count > 1, expressions.sign(arguments[1].lowerBound) == "function" else { return }
    guard let kind = kind(ofExpression: arguments[0].lowerBound), kind.isSure, kind.name == "hosts" else { return }
    callbacks.insert(arguments[1].lowerBound)
  }

  private mutating func local(_ index: Int) -> Int {
    if expressions.sign(index + 1) == "function" {
      declare(index + 2, as: nil)
      return index + 1
    }
    let (names, at) = names(index + 1)
    guard expressions.sign(at) == "=" else {
      for name in names { declare(name, as: nil) }
      return at
    }
    let (first, end) = (kind(ofExpression: at + 1), expressions.listEnd(at + 1))
    pending += names.enumerated().map { (end, $1, $0 == 0 ? first : nil) }
    return at + 1
  }

  private mutating func loop(_ index: Int) -> Int {
    let (names, at) = names(index + 1)
    let end = expressions.listEnd(at + 1)
    let isList = expressions.sign(at + 1) == "ipairs" && expressions.sign(at + 2) == "(" && !scopes.isDeclared("ipairs")
    let list = isList && expressions.close(at + 2) == end ? kind(ofExpression: at + 3) : nil
    let each = list.flatMap { $0.name == "hosts" ? Kind(name: "host", isSure: $0.isSure) : nil }
    pending += names.enumerated().map { (end + 1, $1, $0 == 1 ? each : nil) }
    return at + 1
  }

  private mutating func kind(ofExpression index: Int) -> Kind? {
    guard !isFirst, expressions.isName(index) else { return nil }
    let found = chain(index, tells: false)
    return found.end == expressions.end(index) ? found.kind : nil
  }

  // MARK: what is told

  /// Warns if the word at an index is deprecated.
  mutating func lookAtAge(of word: String?, _ index: Int) {
    guard let word, let instead = book.word(word)?.deprecated else { return }
    tell("\(word) is deprecated", index, fix: instead)
  }

  mutating func tell(_ message: String, _ index: Int, fix: String?) {
    let line = tokens.indices.contains(index) ? tokens[index].line : tokens.last?.line ?? 1
    let warning = Problem(message, place: SourcePlace(file: path, line: line), fix: fix)
    if !warnings.contains(warning) { warnings.append(warning) }
  }
}
