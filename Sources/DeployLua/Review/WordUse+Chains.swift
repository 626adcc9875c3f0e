import DeployCore
import DeployModel

extension WordUse {
  /// Returns the kind of value that results from a chain such as `host:run("x").stdout`, and the index after the chain.
  /// - Parameter tells: whether mistakes in the chain are reported.
  mutating func chain(_ index: Int, tells: Bool) -> (kind: Kind?, end: Int) {
    let name = String(tokens[index].text)
    var (kind, word, last, isDotted) = (Kind?.none, String?.none, Word?.none, false)
    if scopes.isDeclared(tokens[index].text) {
      kind = scopes.kind(of: tokens[index].text)
    } else if book.isGlobal(name) {
      kind = Kind(name: name, isSure: true)
    } else if book.word(name) != nil || name == "error" {
      word = name
    }
    guard kind != nil || word != nil else { return (nil, index + 1) }
    if tells { lookAtAge(of: word, index) }
    var at = index + 1
    while at < tokens.count {
      if [".", ":"].contains(expressions.sign(at)), at + 1 < tokens.count {
        if expressions.sign(at + 2) == "=" { return (nil, at + 2) }
        (kind, word) = member(at + 1, of: kind, or: word, tells: tells)
        if tells { lookAtAge(of: word, at + 1) }
        (last, isDotted) = (nil, expressions.sign(at) == "." && word?.contains(":") == true)
        at += 2
      } else if expressions.isCall(at), let called = word {
        last = book.word(called)
        if tells {
          if called == name || called.hasPrefix(name + "."), !book.isGlobal(name) { lookAtPhase(last, called, index) }
          // If a dot is used in place of the colon, the first argument is the object itself.
          if let last, !isDotted { lookAtCall(last, called, at) }
        }
        (kind, word) = (last?.gives.map { Kind(name: $0, isSure: true) }, nil)
        if called == "error" { kind = Kind(name: "never", isSure: true) }
        at = expressions.isText(at) ? at + 1 : expressions.close(at)
      } else if expressions.sign(at) == "[" {
        (kind, word) = (kind.flatMap { $0.name == "hosts" ? Kind(name: "host", isSure: $0.isSure) : nil }, nil)
        at = expressions.close(at)
      } else {
        break
      }
      if kind == nil, word == nil { return (nil, at) }
    }
    if tells, let kind, kind.isSure { lookAtUse(kind, of: last, from: index, to: at) }
    return (kind, at)
  }

  /// Returns what `.name` or `:name` at an index refers to: a member of a value, or of a word that has members.
  private mutating func member(_ index: Int, of kind: Kind?, or word: String?, tells: Bool) -> (kind: Kind?, word: String?) {
    let name = tokens[index].text
    if let word {
      if book.word("\(word).\(name)") != nil { return (nil, "\(word).\(name)") }
      let names = book.names(of: word)
      if tells, !names.isEmpty { lacks(word, name, index, names, shape: word + ".") }
      return (nil, nil)
    }
    guard let kind else { return (nil, nil) }
    guard book.isObject(kind.name) else {
      if tells { lookAtPlain(kind, name, index) }
      return (nil, nil)
    }
    if let type = book.field(String(name), of: kind.name) {
      let isKnown = expressions.sign(index - 1) == "." && (book.isObject(type) || type == "string" || type == "boolean")
      return (isKnown ? Kind(name: type, isSure: kind.isSure && book.isObject(type)) : nil, nil)
    }
    for sign in [":", "."] where book.word("\(kind.name)\(sign)\(name)") != nil {
      if tells, sign == ":", expressions.sign(index - 1) == ".", expressions.isCall(index + 1), lacksObject(index + 1) {
        tell("\(kind.name):\(name) is written with a colon", index, fix: "write \(kind.name):\(name)(…), not \(kind.name).\(name)(…)")
      }
      return (nil, "\(kind.name)\(sign)\(name)")
    }
    let names = book.names(of: kind.name)
    if tells, kind.isSure, !own.contains(name) {
      lacks(said(of: kind.name), name, index, names, shape: "")
    }
    return (nil, nil)
  }

  /// Returns an object in the form in which a sentence mentions it.
  private func said(of object: String) -> String {
    switch object {
    case "hosts": "a set of hosts"
    case "facts": "host.facts"
    default: book.isGlobal(object) ? object : "a " + object
    }
  }

  /// Returns whether a call with a dot certainly lacks the object as its first argument: `host.run("x")`, but not `host.run(host, "x")`.
  private func lacksObject(_ index: Int) -> Bool {
    guard let first = expressions.arguments(index).first else { return true }
    if first.count > 1 { return expressions.sign(first.lowerBound) == "{" }
    return !expressions.isName(first.lowerBound) && expressions.sign(first.lowerBound) != "..."
  }

  private mutating func lacks(_ said: String, _ name: Substring, _ index: Int, _ names: [String], shape: String) {
    let near = NearMatch.of(String(name), among: names).map { "did you mean \(shape)\($0)?" }
    tell("\(said) has no \(name)", index, fix: near ?? "there are " + names.joined(separator: ", "))
  }

  /// Checks a member of a value that is not an object.
  private mutating func lookAtPlain(_ kind: Kind, _ name: Substring, _ index: Int) {
    let members = LibraryUse.members["string"] ?? []
    switch kind.name {
    case "string" where expressions.sign(index - 1) == ":":
      if kind.isSure, !members.contains(String(name)) { lacks("a string", name, index, members, shape: "") }
    case "string" where kind.isSure && !members.contains(String(name)): lacks("a string", name, index, members, shape: "")
    case "boolean" where kind.isSure: tell("true and false have no \(name)", index, fix: "use the value itself")
    case "nothing": tell("nothing is given here that could have a \(name)", index, fix: nil)
    default: break
    }
  }

  // MARK: when, and what for

  /// Checks whether a word is allowed in the phase in which this place in the source runs.
  private mutating func lookAtPhase(_ word: Word?, _ called: String, _ index: Int) {
    guard let word, !path.hasSuffix("_spec.lua") else { return }
    if word.phases == ["description"], scopes.runs {
      tell(
        "\(called) describes a deployment and is read before one starts: move it out of the function, to the top of the file", index,
        fix: nil)
    }
    if word.phases == ["run"], !scopes.isInFunction {
      tell(
        "\(called) exists only while a deployment runs", index,
        fix: "move it into a hook (on = { … = function(host) … end }) or into run = function(deployment) … end of a stage")
    }
  }

  /// Returns whether a condition consists of this value and nothing else. In `r and r.ok`, the first part only checks whether there is a
  /// value at all.
  private func isAsked(_ start: Int, _ end: Int) -> Bool {
    let first = expressions.sign(start - 1) == "not" ? start - 1 : start
    switch expressions.sign(first - 1) {
    case "if", "elseif": return expressions.sign(end) == "then"
    case "while": return expressions.sign(end) == "do"
    case "until": return !expressions.isBinary(end)
    default: return false
    }
  }

  /// Checks how the result of a word is used.
  private mutating func lookAtUse(_ kind: Kind, of word: Word?, from start: Int, to end: Int) {
    let (before, next) = (expressions.sign(start - 1), expressions.sign(end))
    let isAsked = isAsked(start, end)
    if kind.name == "never" { return lookBehind(start, end) }
    // The facts of a host are nil if the host was unreachable, so a recipe is allowed to ask whether there are any.
    let isAnswer =
      book.isObject(kind.name) && !["facts", "hosts"].contains(kind.name) && !book.given.contains(kind.name) && !book.isGlobal(kind.name)
    if isAsked, isAnswer {
      let field = book.answer(of: kind.name) ?? book.names(of: kind.name).first ?? ""
      tell("a \(kind.name) is true whatever it says", start, fix: "ask for a field of it, such as .\(field)")
    }
    if isAnswer || kind.name == "boolean", before == ".." || next == "..", before != "#" {
      tell("a \(kind.name) is no string, and .. joins strings", start, fix: isAnswer ? "join a field of it" : "write tostring(…)")
    }
    if kind.name == "nothing", isAsked || before == "=" || before == ".." || next == "..", let word {
      tell("\(word.name) gives nothing", start, fix: "call it in a line of its own")
    }
  }

  private static let joining: Set<Substring> = [
    "and", "or", "not", "(", ",", "=", "return", "{", "[", "..", "==", "~=", "+", "-", "*", "/", "<", ">", "<=", ">=", "in", "#",
  ]
  private static let closing: Set<Substring> = ["end", "else", "elseif", "until", "return", ";", "::", "break"]

  /// Checks whether code follows a call that does not return.
  private mutating func lookBehind(_ start: Int, _ end: Int) {
    guard !Self.joining.contains(expressions.sign(start - 1)), tokens.indices.contains(end), !Self.closing.contains(expressions.sign(end)),
      tokens[end].kind == .name || expressions.sign(end) == "(", !Self.joining.contains(expressions.sign(end))
    else { return }
    let call = tokens[start..<end].prefix { $0.kind == .name || [".", ":"].contains($0.text) }.map(\.text).joined()
    tell("nothing behind \(call) runs: it does not return", end, fix: "move it before \(call), or take it out")
  }
}
