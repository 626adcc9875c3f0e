import DeployCore
import DeployModel

/// Runs the description phase: reads the main file in a new state, and answers its calls of `require`.
struct SourceLoader {
  let read: LuaProject.Reader
  /// Returns the text of data that `read` does not have.
  let lost: (String) -> String?
  private let origins: PluginOrigins
  /// A function that returns the names that can be required, to suggest similar ones.
  private let names: () -> [String]
  /// The files that were read, in the order in which they were read.
  private(set) var files: [SourceFile] = []
  let state: LuaState
  private var checks = true
  private var asked = 0

  /// The largest number of `require` calls while a project is being read.
  private static let mostRequires = 10_000

  init(
    prelude: PinnedPrelude, limits: LuaLimits, origins: PluginOrigins = .none, names: @escaping () -> [String] = { [] },
    read: @escaping LuaProject.Reader, lost: @escaping (String) -> String? = { _ in nil }
  ) throws(Failure) {
    self.init(state: try LuaState(prelude: prelude, limits: limits), origins: origins, names: names, lost: lost, read: read)
  }

  private init(
    state: LuaState, origins: PluginOrigins, names: @escaping () -> [String] = { [] }, lost: @escaping (String) -> String? = { _ in nil },
    read: @escaping LuaProject.Reader
  ) {
    self.state = state
    self.origins = origins
    self.names = names
    self.lost = { lost($0)?.withoutByteOrderMark }
    self.read = { path throws(Problem) in try read(path)?.withoutByteOrderMark }
  }

  /// Makes a loader for pinned sources, which reads nothing else.
  init(pinned files: [SourceFile], prelude: PinnedPrelude? = nil, limits: LuaLimits = LuaLimits()) throws(Problems) {
    let state: LuaState
    do { state = try LuaState(prelude: prelude ?? PinnedPrelude(in: files), limits: limits) } catch {
      throw Problems(Problem(error.message), exit: .internal)
    }
    try self.init(pinned: files, state: state)
  }

  /// Makes a loader that reads pinned sources, and nothing else, in a state that has read its prelude.
  init(pinned files: [SourceFile], state: LuaState) throws(Problems) {
    let texts = Dictionary(files.map { (ExactText($0.path), $0.text) }) { first, _ in first }
    let origins: PluginOrigins
    do { origins = try PluginOrigins(in: files) } catch { throw Problems(error, exit: .internal) }
    self.init(state: state, origins: origins) { texts[ExactText($0)] }
  }

  /// Reads the main file, and returns its description in the prelude's form.
  /// - Parameters:
  ///   - spec: a file of tests, which is read after the main file. The prelude must be `PinnedPrelude.spec`.
  ///   - chosen: the number of the only test to prepare, counted from 1, or nil for all tests.
  ///   - checks: whether unknown names are problems. It is false for recipes that a host kept.
  ///   - only: the recipes to describe, or nil for all. Functions have the same numbers in both cases.
  /// - Throws: the problem that ended the reading. If other problems were found before it and `checks` is true, nothing is thrown, and all
  ///   problems are in the result.
  mutating func load(
    _ main: SourceFile, spec: SourceFile? = nil, chosen: Int? = nil, checks: Bool, only: [String]? = nil
  ) throws(Problem) -> Value {
    self.checks = checks
    var members = try taken(main) + [("checks", .bool(checks))]
    if let spec {
      let number = chosen.map { [("chosen", Value.int($0))] } ?? []
      members.append(("spec", .record(of: try taken(spec) + [("path", .text(spec.path))] + number)))
    }
    if let only { members.append(("only", .record(of: only.map { ($0, .bool(true)) }))) }
    let request = Value.record(of: members)
    guard let task = state.start(state.number("load_number"), .project(path: main.path, request: request), whole: true) else {
      throw Problem("there is no memory to read \(main.path)")
    }
    var answer = WireWriter()
    while true {
      // The whole project has a single instruction budget. A required file does not get its own.
      switch task.step(answer, refills: false) {
      case .returned(let project): return project
      case .raised(let error):
        let last = ErrorReader.problem(error, in: main.path)
        guard checks, let noted = noted(before: last, in: main.path) else { throw last }
        return noted
      case .asked(let question):
        asked += 1
        answer = WireWriter()
        answer.put(
          asked > Self.mostRequires ? Self.refusal("require, env and read_… were called more than 10,000 times") : resolve(question))
      }
    }
  }

  /// Returns an empty description with the problem that ended the reading and all problems that were found earlier. Returns nil if no
  /// problems were found earlier, or if no memory is left.
  private func noted(before last: Problem, in path: String) -> Value? {
    let task = state.start(state.number("load_number"), .project(path: path, request: .record(of: [("noted", .bool(true))])), whole: true)
    guard let task, case .returned(.record(var members)) = task.step(WireWriter()),
      let index = members.firstIndex(where: { $0.name == "problems" }), case .list(let earlier) = members[index].value, !earlier.isEmpty
    else { return nil }
    let place: [(String, Value)] = last.place.map { [("file", .text($0.file)), ("line", .int($0.line))] } ?? []
    let fix: [(String, Value)] = last.fix.map { [("fix", .text($0))] } ?? []
    members[index].value = .list(earlier + [.record(of: [("message", .text(last.message))] + fix + place)])
    return .record(members)
  }

  /// Keeps a file that is read without `require`, and returns its text and its globals.
  private mutating func taken(_ file: SourceFile) throws(Problem) -> [(String, Value)] {
    var file = file
    file.text = file.text.withoutByteOrderMark
    if let reason = Self.tooLong(file) { throw Problem(reason, place: SourcePlace(file: file.path, line: 1), fix: Self.shorter) }
    keep(file)
    return [("text", .text(file.text)), ("globals", globals(of: file))]
  }

  mutating func keep(_ file: SourceFile) {
    if !files.contains(where: { $0.path.isExactly(file.path) }) { files.append(file) }
  }

  static func tooLong(_ file: SourceFile) -> String? {
    let bytes = file.text.utf8.count
    guard bytes > SourceFile.mostBytes else { return nil }
    return "\(file.path) has \(bytes) bytes, and a text of Lua may have 1 MB (\(SourceFile.mostBytes) bytes)"
  }
  static let shorter = "make it several files, or keep its data elsewhere: host:read and here:read bring it in"

  // MARK: require

  private mutating func resolve(_ question: Question) -> Value {
    let sought: Sought
    do { sought = try state.boundary.sought(question) } catch { return Self.refusal(error.message, fix: error.fix) }
    do throws(Problem) {
      switch sought {
      case .given(let given): return try resolve(given)
      case .source(let asked) where asked.name.hasPrefix("./"): return try resolve(asked.name, besides: asked.besides)
      case .source(let asked) where asked.name.hasPrefix("recipes."): return try resolve(shipped: asked.name)
      case .source(let asked): return try resolve(plugin: asked.name)
      }
    } catch { return Self.refusal(error.message, fix: error.fix) }
  }

  private mutating func resolve(plugin name: String) throws(Problem) -> Value {
    guard Self.isName(name) else {
      return Self.refusal("require takes a plugin's name, recipes.name, or ./file inside a plugin; got \"\(name)\"")
    }
    let manifest = "plugins/\(name)/plugin.lua"
    let main = "plugins/\(name)/init.lua"
    let isLocked = origins.locked.contains(ExactText(name))
    if isLocked, let problem = origins.refusal(name) { return Self.refusal(problem.message, fix: problem.fix) }
    let text = try read(main)
    guard let data = try read(manifest) else {
      if text != nil { return Self.refusal("plugin \"\(name)\" has no plugin.lua", fix: "write \(manifest)") }
      let shipped = name.contains(".") ? nil : try read("recipes/\(name).lua")
      return Self.refusal(
        "there is no plugin \"\(name)\": \(main) is neither in the project nor among the shipped ones",
        fix: shipped == nil ? near(name) ?? Self.bringing(name) : "did you mean require \"recipes.\(name)\"?")
    }
    let manifestFile = SourceFile(path: manifest, text: data)
    if let reason = Self.tooLong(manifestFile) { return Self.refusal(reason, fix: Self.shorter) }
    keep(manifestFile)
    let origin: RequiredPlugin.Origin = isLocked ? .locked : .own
    let members: [(String, Value)] = [
      ("plugin", .text(name)), ("manifest", .text(data)), ("manifest_path", .text(manifest)), ("origin", .text(origin.rawValue)),
    ]
    // The manifest can declare a different file as the main one.
    guard let text else { return .record(of: members) }
    return found(main, text, members)
  }

  private mutating func resolve(shipped name: String) throws(Problem) -> Value {
    let parts = name.parts(at: ".", keepingEmpty: true)
    guard parts.allSatisfy({ Self.isName(String($0)) }) else { return Self.refusal("\"\(name)\" is no name of a recipe") }
    let path = parts.joined(separator: "/") + ".lua"
    guard let text = try read(path) else {
      return Self.refusal("there is no recipe \"\(name)\": \(path) is neither in the project nor among the shipped ones", fix: near(name))
    }
    return found(path, text, [])
  }

  private mutating func resolve(_ name: String, besides from: String) throws(Problem) -> Value {
    let folders = from.pathParts
    guard folders.count >= 3, folders[0] == "plugins" else {
      return Self.refusal("require \"./…\" reaches files of the same plugin, and this is none")
    }
    let parts = name.dropFirst(2).parts(at: "/", keepingEmpty: true).map(String.init)
    guard parts.allSatisfy(Self.isName) else { return Self.refusal("\"\(name)\" is no file of this plugin") }
    let path = "plugins/\(folders[1])/" + parts.joined(separator: "/") + ".lua"
    guard let text = try read(path) else { return Self.refusal("there is no \(path)") }
    return found(path, text, [])
  }

  /// Returns a sentence about how a project gets a plugin that it does not have.
  private static func bringing(_ name: String) -> String {
    "lander plugin add SOURCE brings a plugin from a git repository or a folder; lander plugin new \(name) writes a new one"
  }

  /// Returns a hint with the name that was probably meant, or nil if no name is similar.
  private func near(_ name: String) -> String? {
    let names = names()
    // Perhaps only the part before the last dot is wrong. That part says where the module comes from.
    let plain = names.first { $0 == name.split(separator: ".").last.map(String.init) }
    return (NearMatch.of(name, among: names) ?? plain).map { "did you mean require \"\($0)\"?" }
  }

  private mutating func found(_ path: String, _ text: String, _ more: [(String, Value)]) -> Value {
    let file = SourceFile(path: path, text: text)
    if let reason = Self.tooLong(file) { return Self.refusal(reason, fix: Self.shorter) }
    keep(file)
    return .record(of: [("path", .text(path)), ("text", .text(text)), ("globals", globals(of: file))] + more)
  }

  /// Returns the names and lines of globals. The prelude knows which of them exist.
  private func globals(of file: SourceFile) -> Value {
    guard checks else { return .list([]) }
    return .list(
      GlobalName.all(in: file).map { .record(of: [("name", .text($0.name)), ("line", .int($0.line)), ("written", .bool($0.isWritten))]) })
  }

  static func refusal(_ message: String, fix: String? = nil) -> Value {
    .record(of: [("message", .text(message))] + (fix.map { [("fix", .text($0))] } ?? []))
  }

  /// Returns whether a text has only letters, digits, `_` and `-`, so that it cannot lead out of a folder.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0.isPlainInName && $0 != UInt8(ascii: ".") }
  }
}
