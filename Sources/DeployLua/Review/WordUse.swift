import DeployModel

/// Looks for mistakes in the use of the language's words, in all functions of a source, also in branches that no rehearsal reaches.
struct WordUse {
  typealias Kind = VariableScopes.Kind

  let path: String
  let expressions: Expressions
  let book = WordBook.own
  var scopes = VariableScopes()
  var warnings: [Problem] = []
  /// Values that stand there literally, to be looked at together.
  var literals = LiteralReview()
  /// Functions that the source itself declares: what has them need not be an object of the language.
  private let own: Set<Substring>
  /// What stands before each table that is open.
  private var heads: [Substring?] = []
  /// Variables that are in reach from a token on.
  private var pending: [(index: Int, name: Substring, kind: Kind?)] = []

  var tokens: [Token] { expressions.tokens }

  /// Warnings for a source that compiles.
  static func warnings(in tokens: [Token], of path: String) -> [Problem] {
    var use = WordUse(tokens, path)
    use.walk()
    return (use.warnings + use.literals.warnings()).sorted { ($0.place?.line ?? 0) < ($1.place?.line ?? 0) }
  }

  private init(_ tokens: [Token], _ path: String) {
    self.path = path
    expressions = Expressions(tokens: tokens)
    own = Set(
      tokens.indices.compactMap { index -> Substring? in
        guard index > 1, tokens[index].kind == .name else { return nil }
        let next = index + 1 < tokens.count ? tokens[index + 1].text : ""
        if [":", "."].contains(tokens[index - 1].text), next == "(", tokens[..<index].suffix(4).contains(where: { $0.text == "function" }) {
          return tokens[index].text
        }
        let isField = next == "=" && index + 2 < tokens.count && tokens[index + 2].text == "function"
        return isField ? tokens[index].text : nil
      })
  }

  private static let keywords: Set<Substring> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat",
    "return", "then", "true", "until", "while",
  ]

  private mutating func walk() {
    var index = 0
    while index < tokens.count {
      for one in pending where one.index <= index { scopes.declare(one.name, as: one.kind) }
      pending.removeAll { $0.index <= index }
      switch expressions.sign(index) {
      case "function": index = function(index)
      case "local": index = local(index)
      case "for": index = loop(index)
      case let sign:
        enter(sign, index)
        if tokens[index].kind == .name, !Self.keywords.contains(tokens[index].text) { name(index) }
        index += 1
      }
    }
  }

  private mutating func enter(_ sign: Substring, _ index: Int) {
    switch sign {
    case "then", "do", "repeat": scopes.open()
    case "end", "until", "elseif": scopes.close()
    case "else":
      scopes.close()
      scopes.open()
    case "{": heads.append(head(index))
    case "}": _ = heads.popLast()
    default: break
    }
  }

  /// `recipe "web" {` and `on = {` have the heads `recipe` and `on`.
  private func head(_ index: Int) -> Substring? {
    var at = index - 1
    if expressions.isText(at) { at -= 1 }
    if ["=", "("].contains(expressions.sign(at)) { at -= 1 }
    return tokens.indices.contains(at) && tokens[at].kind == .name ? tokens[at].text : nil
  }

  private mutating func name(_ index: Int) {
    let before = expressions.sign(index - 1)
    guard before != ".", before != ":", before != "::", before != "goto" else { return }
    if expressions.sign(index + 1) == "=" || expressions.sign(index + 1) == "," && ["=", ","].contains(expressions.sign(index + 3)) {
      let isField = before == "{" || !heads.isEmpty && [",", ";"].contains(before)
      if expressions.sign(index + 1) == "=" {
        if !isField { scopes.forget(tokens[index].text) }
        return
      }
    }
    _ = chain(index, tells: true)
  }

  // MARK: variables

  private func names(_ index: Int) -> (names: [Substring], end: Int) {
    var (names, at) = ([Substring](), index)
    while at < tokens.count, tokens[at].kind == .name || expressions.sign(at) == "..." {
      names.append(tokens[at].text)
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
    let (names, end) = names(at + 1)
    let (told, isStage) = told(index)
    scopes.openFunction(runs: told != nil)
    for (position, name) in names.enumerated() {
      let given = told.flatMap { position < $0.count && !isStage ? $0[position] : nil } ?? ""
      let isOwn = book.given.contains(String(name))
      let kind = isOwn ? String(name) : book.given.contains(given) ? given : nil
      scopes.declare(name, as: kind.map { Kind(name: $0, isSure: told != nil) })
    }
    return end + 1
  }

  /// What a function is given, by where it stands; nil: that is not known. A stage's function may be given a host before all others.
  private func told(_ index: Int) -> (arguments: [String]?, isStage: Bool) {
    if expressions.sign(index - 1) == "=", index > 1, tokens[index - 2].kind == .name {
      let head = heads.last.flatMap { $0.map(String.init) }
      return (book.arguments(of: String(tokens[index - 2].text), in: head), head == "stage")
    }
    guard expressions.sign(index - 1) == "(", expressions.isText(index - 2) else { return (nil, false) }
    let word = String(expressions.sign(index - 3))
    return (word == "strategy" ? book.arguments(behind: word) : nil, false)
  }

  private mutating func local(_ index: Int) -> Int {
    if expressions.sign(index + 1) == "function" {
      scopes.declare(expressions.sign(index + 2), as: nil)
      return index + 1
    }
    let (names, at) = names(index + 1)
    guard expressions.sign(at) == "=" else {
      for name in names { scopes.declare(name, as: nil) }
      return at
    }
    let (first, end) = (kind(ofExpression: at + 1), expressions.listEnd(at + 1))
    pending += names.enumerated().map { (end, $1, $0 == 0 ? first : nil) }
    return at + 1
  }

  private mutating func loop(_ index: Int) -> Int {
    let (names, at) = names(index + 1)
    let end = expressions.listEnd(at + 1)
    let isList = expressions.sign(at + 1) == "ipairs" && expressions.sign(at + 2) == "("
    let list = isList ? kind(ofExpression: at + 3) : nil
    let each = list.flatMap { $0.name == "hosts" ? Kind(name: "host", isSure: $0.isSure) : nil }
    pending += names.enumerated().map { (end + 1, $1, $0 == 1 ? each : nil) }
    return at + 1
  }

  private mutating func kind(ofExpression index: Int) -> Kind? {
    guard tokens.indices.contains(index), tokens[index].kind == .name, !Self.keywords.contains(tokens[index].text) else { return nil }
    let found = chain(index, tells: false)
    return found.end == expressions.end(index) ? found.kind : nil
  }

  // MARK: what is told

  /// Whether a name may be something of the source's own, although the variable is called like an object of the language.
  func isDoubtful(_ member: Substring, of kind: Kind) -> Bool {
    !kind.isSure && (own.contains(member) || LibraryUse.members["string"]?.contains(String(member)) == true)
  }

  mutating func tell(_ message: String, _ index: Int, fix: String?) {
    let line = tokens.indices.contains(index) ? tokens[index].line : tokens.last?.line ?? 1
    let warning = Problem(message, place: SourcePlace(file: path, line: line), fix: fix)
    if !warnings.contains(warning) { warnings.append(warning) }
  }
}
