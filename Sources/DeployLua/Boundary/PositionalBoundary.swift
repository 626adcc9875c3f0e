import DeployCore
import DeployModel

/// The boundary of early preludes, which passed values by their position. Nothing new uses it. It exists so that Lander can resume, restore
/// and roll back what an older version pinned, with exactly the code that was reviewed and deployed at that time. It can be deleted once no
/// supported version pins such preludes.
struct PositionalBoundary {
  let question: [Value]
  let recipe: Int

  // MARK: the prelude

  /// The files in the order in which they are read. The earliest preludes had only those in `first`. The last ones had their own
  /// vocabulary.
  private static let order = [
    "words", "vocabulary", "rehearsal", "types", "schema", "addresses", "describe", "bases", "project", "hosts", "sets", "flow",
    "deployment", "load",
  ]
  private static let first = ["words", "types", "schema", "describe", "project", "hosts", "flow", "deployment", "load"]

  /// Returns the files of a prelude with this boundary, in order, or nil if the files are not such a prelude.
  static func prelude(in files: [SourceFile]) -> [SourceFile]? {
    func file(_ name: String) -> SourceFile? { files.first { $0.path.isExactly("prelude/\(name).lua") } }
    let found = order.compactMap(file)
    guard found.count == files.count, first.allSatisfy({ file($0) != nil }), name(of: files) == "protocol 2" else { return nil }
    return found
  }

  /// Returns the boundary's name in these preludes, `protocol 2`. It is in the first line of `words.lua`.
  static func name(of files: [SourceFile]) -> String {
    let words = files.first { $0.path.isExactly("prelude/words.lua") }
    return String((words?.text.fullLines.first ?? "unknown").drop { $0 == "-" || $0 == " " })
  }

  /// The vocabulary for a prelude that has none. It is the one from the last version with this boundary.
  static let vocabulary = SourceFile(
    path: "positional_vocabulary.lua", text: String(decoding: PackageResources.positional_vocabulary_lua, as: UTF8.self))

  /// Returns a type that this vocabulary uses but that is missing in a prelude without its own vocabulary. Returns nil if the prelude has
  /// all types.
  static func missingType(in files: [SourceFile]) -> String? {
    if files.contains(where: { $0.path.isExactly("prelude/vocabulary.lua") }) { return nil }
    // A word begins with the line `word("NAME", "FIELD:TYPE …"`, without a closing parenthesis. Its further fields are on lines of their
    // own.
    let lines = vocabulary.text.fullLines.compactMap { line -> Substring? in
      line.hasPrefix("word(") ? line.drop { $0 != "," } : line.hasPrefix("  .. ") ? line : nil
    }
    let fields = lines.flatMap { line -> [Substring] in line.split { $0 == " " || $0 == "\"" } }
    let types = fields.compactMap { field -> String? in
      field.contains("|") ? nil : field.firstIndex(of: ":").map { String(field[field.index(after: $0)...]) }
    }
    return types.first { type in
      !type.isEmpty && !files.contains { $0.text.contains("types.\(type) =") || $0.text.contains("plain(\"\(type)\"") }
    }
  }

  static func arguments(_ start: Start) -> [Value] {
    switch start {
    case .project(let path, let request): ["call", .text(path), request]
    case .facts(let facts): ["call", facts]
    case .language, .literals: []
    case .host(let number): ["host", .int(number)]
    case .deployment(let status): ["deployment", .text(status)]
    case .failure(let error): ["failure", ErrorReader.value(error)]
    case .rollout(let options): ["rollout", options]
    // These preludes do not support traffic, so no function is started with weights.
    case .weights(let weights): ["rollout", weights.value]
    case .child: ["child"]
    }
  }

  // MARK: what it asks

  /// - Throws: kind `internal` if the prelude asks for something that does not exist.
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

  /// Reads the question of a file. - Throws: kind `internal` if the question is not a `require`.
  func required() throws(Failure) -> Required {
    guard question.count == 3, text(0) == "require", let from = question[1].text, let name = question[2].text else {
      throw Failure(.internal, "a recipe asked for \"\(text(0))\" while a file is read")
    }
    return Required(name: name, besides: from)
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

  // MARK: what it is told

  static func write(_ answer: Answer) -> WireWriter {
    var writer = WireWriter()
    switch answer {
    // These preludes do not support gates, so they never ask for one.
    case .begin, .slept, .gate, .shifted: break
    case .refused(let failure): return write(.outcome(Outcome(failure: failure)))
    case .outcome(let outcome):
      writer.put(outcome.failure.map { ErrorReader.value($0) } ?? .null)
      writer.put(outcome.value)
      writer.put(outcome.status.map { .int($0) } ?? .null)
      writer.put(outcome.stdout.map { .text($0.text) } ?? .null)
      writer.put(outcome.stderr.map { .text($0.text) } ?? .null)
      writer.put(.int(outcome.duration.milliseconds))
    case .results(let results):
      writer.put(
        .list(results.map { result in if case .raised(let error) = result { ErrorReader.value(error) } else { .bool(false) } }))
    case .wave(let result):
      writer.put(.list(result.succeeded.map { .int($0) }))
      writer.put(.list(result.failed.map { .int($0) }))
      writer.put(.list((result.ready ?? []).map { .int($0) }))
    case .cancel(let failure): writer.put(ErrorReader.value(failure))
    }
    return writer
  }

  // MARK: what a rehearsal finds

  /// Reads a note, which is one string with parts that are separated by unit separators.
  static func note(_ kind: String, _ text: String) -> RehearsalNote? {
    let parts = text.split(separator: "\u{1f}", omittingEmptySubsequences: false).map(String.init)
    func place(_ file: Int, _ line: Int) -> SourcePlace? {
      parts[file].isEmpty ? nil : Int(parts[line]).map { SourcePlace(file: parts[file], line: $0) }
    }
    switch kind {
    case "doubt": return .doubt
    case "mistake" where parts.count >= 5:
      let problem = Problem(parts[4...].joined(separator: " "), place: place(1, 2), fix: parts[3].isEmpty ? nil : parts[3])
      return .mistake(kind: parts[0], problem)
    case "repeats" where parts.count == 2: return .repeats(times: Int(parts[0]) ?? 1, pauses: Int(parts[1]) ?? 0)
    case "loops" where parts.count == 3: return .loops(place(0, 1), times: Int(parts[2]) ?? 1)
    default: return nil
    }
  }
}
