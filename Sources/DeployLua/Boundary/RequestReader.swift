import DeployModel

/// What a script asked, in the words of the engine.
struct RequestReader {
  let question: [Value]
  let recipe: Int

  /// - Throws: kind `internal`, where the prelude asks for something that does not exist.
  func request() throws(Failure) -> Request {
    switch text(0) {
    case "sleep": return .sleep(interval(1))
    case "spawn": return .spawn(bodies(1), limit: int(2) ?? 0, keepGoing: bool(3))
    case "within": return .within(interval(1), Body(recipe: recipe, function: int(2) ?? 0))
    case "wave": return .decide(.wave(list(1).compactMap(\.int), parallel: int(2), upto: Segment(rawValue: text(3))))
    case "wait": return .decide(.wait(interval(1)))
    case "rollback": return .decide(.rollback(reason: text(1)))
    default:
      let place: Place = int(1).map { .host($0) } ?? .engine
      return .perform(place, try operation(), timeout: int(2).map { Interval(milliseconds: $0) })
    }
  }

  /// Functions that a request has registered.
  static func children(of request: Request) -> [Int] {
    switch request {
    case .spawn(let bodies, _, _): bodies.map(\.function)
    case .within(_, let body): [body.function]
    default: []
    }
  }

  private func operation() throws(Failure) -> Operation {
    switch text(0) {
    case "run": .run(command())
    case "read": .read(path: text(3), limit: int(4) ?? 1 << 20)
    case "exists": .exists(path: text(3))
    case "write": .write(path: text(3), content: pieces(value(4)), mode: int(5), owner: value(6)?.text)
    case "link": .link(target: text(3), path: text(4))
    case "upload": .upload(from: text(3), to: text(4))
    case "download": .download(from: text(3), to: text(4))
    case "check": .check(try check())
    default: throw Failure(.internal, "a recipe asked for \"\(text(0))\", which does not exist")
    }
  }

  private func check() throws(Failure) -> Check {
    switch text(3) {
    case "http": .http(url: text(4), status: list(5).compactMap(\.int))
    case "port": .port(int(4) ?? 0)
    case "command": .command(text(4))
    default: throw Failure(.internal, "a recipe asked for a check \"\(text(3))\", which does not exist")
    }
  }

  private func command() -> Command {
    let form: Command.Form = if let words = value(3)?.list { .argv(words.compactMap(\.text)) } else { .shell(text(3)) }
    let environment = list(4).compactMap { pair -> Command.Variable? in
      guard let pair = pair.list, pair.count == 2, let name = pair[0].text else { return nil }
      return Command.Variable(name, pieces(pair[1]))
    }
    return Command(
      form, environment: environment, directory: value(5)?.text, input: value(6).map(pieces), user: value(7)?.text, merge: bool(8),
      onLost: value(9)?.text.flatMap(Command.OnLost.init) ?? .fail)
  }

  /// A text, or a list of texts and names of secrets.
  private func pieces(_ value: Value?) -> Text {
    switch value {
    case .text(let text): Text(text)
    case .list(let list):
      Text(
        pieces: list.compactMap { piece in
          if let name = piece["name"]?.text { .secret(name: name) } else { piece.text.map { .literal($0) } }
        })
    default: Text("")
    }
  }

  private func value(_ index: Int) -> Value? {
    guard index < question.count, question[index] != .null else { return nil }
    return question[index]
  }
  private func text(_ index: Int) -> String { value(index)?.text ?? "" }
  private func int(_ index: Int) -> Int? { value(index)?.int }
  private func bool(_ index: Int) -> Bool { value(index)?.bool ?? false }
  private func list(_ index: Int) -> [Value] { value(index)?.list ?? [] }
  private func interval(_ index: Int) -> Interval { Interval(milliseconds: int(index) ?? 0) }
  private func bodies(_ index: Int) -> [Body] { list(index).compactMap(\.int).map { Body(recipe: recipe, function: $0) } }
}
