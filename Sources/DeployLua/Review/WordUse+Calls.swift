import DeployCore
import DeployModel

extension WordUse {
  /// The types of arguments that come before a table of options, by their names in `Word.takes`.
  private static let types = [
    "duration": "duration", "amount": "amount", "url": "url", "path": "name", "from": "name", "to": "name", "target": "name",
    "\"name\"": "name", "\"NAME\"": "name", "command": "strings", "function": "function",
  ]
  /// The types that do not accept a table.
  private static let scalars = [
    "boolean", "count", "duration", "factor", "integer", "mode", "name", "number", "owner", "port", "positive", "string", "time", "url",
    "user",
  ]

  /// Returns the arguments that a word takes, such as `path` and `{ … }`, or nil if the word takes more than a plain list of arguments.
  private static func parameters(of word: Word) -> [Substring]? {
    guard word.phases.contains("run"), !word.takes.hasPrefix("("), !word.takes.contains("\" "), !word.takes.contains(" = ") else {
      return nil
    }
    var (found, depth, start) = ([Substring](), 0, word.takes.startIndex)
    for index in word.takes.indices {
      if word.takes[index] == "{" { depth += 1 }
      if word.takes[index] == "}" { depth -= 1 }
      guard depth == 0, word.takes[index] == "," else { continue }
      found.append(word.takes[start..<index])
      start = word.takes.index(after: index)
    }
    found.append(word.takes[start...])
    return found.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
  }

  /// Checks the arguments of a call: their number, the types of literal arguments, and the options.
  mutating func lookAtCall(_ word: Word, _ called: String, _ index: Int) {
    guard let parameters = Self.parameters(of: word) else { return }
    let arguments = expressions.arguments(index)
    let isOpen = parameters.contains("…")
    // The last argument might be a call that returns several values, or none.
    let isSeveral = arguments.last.map { expressions.isCall($0) || expressions.sign($0.lowerBound) == "..." } ?? false
    let sure = isSeveral ? arguments.dropLast() : arguments[...]
    if sure.count > parameters.count, !isOpen {
      tell(
        "\(called) takes \(parameters.isEmpty ? "nothing" : word.takes), got \(arguments.count.of("value"))", index,
        fix: "write \(word.call)")
    }
    if !isOpen, !isSeveral, let missing = parameters.dropFirst(arguments.count).first, !missing.hasPrefix("{"),
      !word.optional.contains(String(missing))
    {
      tell("\(called) needs \(missing)", index, fix: "write \(word.call)")
    }
    for (parameter, argument) in zip(parameters, arguments) {
      if parameter == "{ … }" {
        lookAtOptions(argument, of: word, called)
      } else if let type = word.arguments.first(where: { $0.name == parameter })?.type ?? Self.types[String(parameter)] {
        look(at: argument, as: type, "\(parameter) of \(called)")
      }
    }
  }

  private mutating func lookAtOptions(_ argument: Range<Int>, of word: Word, _ called: String) {
    guard expressions.sign(argument.lowerBound) == "{", expressions.close(argument.lowerBound) == argument.upperBound else {
      if argument.count == 1, expressions.isText(argument.lowerBound) || tokens[argument.lowerBound].kind == .number {
        let got = expressions.isText(argument.lowerBound) ? "a string" : "a number"
        tell("\(called) takes a table { … } there, got \(got)", argument.lowerBound, fix: "write \(word.call)")
      }
      return
    }
    guard !word.fields.isEmpty else { return }
    let fields = expressions.fields(argument.lowerBound)
    let names = word.fields.map(\.name)
    for (name, value) in fields {
      guard let name else { continue }
      guard let field = word.fields.first(where: { name.text == $0.name }) else {
        let fix = NearMatch.of(String(name.text), among: names).map { "did you mean \($0)?" }
        tell("\(called) has no field \"\(name.text)\"", value.lowerBound - 2, fix: fix ?? "it has " + names.joined(separator: ", "))
        continue
      }
      // The value might begin on a later line than `name =`.
      if let instead = field.deprecated { tell("\(name.text) of \(called) is deprecated", value.lowerBound - 2, fix: instead) }
      look(at: value, as: field.type, "\(name.text) of \(called)")
    }
    guard fields.allSatisfy({ $0.name != nil }) else { return }
    for field in word.fields where field.isRequired && !fields.contains(where: { $0.name?.text == field.name[...] }) {
      tell("\(called) needs \(field.name)", argument.lowerBound, fix: field.summary)
    }
  }

  private mutating func look(at range: Range<Int>, as type: String, _ subject: String) {
    let place = SourcePlace(file: path, line: tokens[range.lowerBound].line)
    let isTable = expressions.sign(range.lowerBound) == "{" && expressions.close(range.lowerBound) == range.upperBound
    if isTable, Self.scalars.contains(type) { literals.add(.list([]), as: type, subject, place) }
    guard range.count == 1, let value = LiteralReview.value(tokens[range.lowerBound]) else { return }
    literals.add(value, as: type, subject, place)
  }
}
