package import DeployModel

/// The whole recipe language as data. Each file of the prelude declares its own words. The prelude's checks and its suggestions of similar
/// names, the reference, `lander docs` and the editor's stub all come from these declarations.
package struct Vocabulary: Sendable, Hashable {
  /// A kind of object that functions of recipes get, such as a host or a deployment.
  package struct Object: Sendable, Hashable {
    package var name: String
    package var summary: String
    package var fields: [Word.Field]
  }

  /// A name with a sentence that explains it: a kind of error, a lifecycle event or a capability.
  package struct Term: Sendable, Hashable {
    package var name: String
    package var summary: String
  }

  /// The API level of this language.
  package var api: Int
  /// The words, in the order of their names.
  package var words: [Word]
  package var objects: [Object]
  /// The kinds of errors.
  package var errors: [Term]
  /// The fields of an error.
  package var errorFields: [Word.Field]
  /// The lifecycle events, in the order in which a host goes through them.
  package var events: [Term]
  package var capabilities: [Term]
  /// The options that strategies, recipes and plugins declare. Only files that were read are included.
  package var schemas: [OptionSchema]
  private var types: Value

  /// Reads the language without options of strategies and plugins.
  /// - Throws: a failure that shows a bug in the prelude.
  package init() throws(Failure) {
    let state = try LuaState(prelude: .spec, limits: LuaLimits())
    try self.init(state)
  }

  /// Reads the language, with the options that Lander's strategies and some modules declare.
  /// - Parameter modules: names of modules, as `require` takes them.
  /// - Throws: an error that says what is wrong with a module.
  package init(reading modules: [String], read: @escaping LuaProject.Reader) throws(Problems) {
    var loader: SourceLoader
    let strategies: [String]
    do throws(Failure) {
      loader = try SourceLoader(prelude: .spec, limits: LuaLimits(), read: read)
      let task = loader.state.start(loader.state.number("load_number"), .language, whole: true)
      guard let task, case .returned(let value) = task.step(WireWriter()) else { throw Self.defect }
      strategies = (value["strategies"]?.list ?? []).compactMap { $0.text.map { "recipes.strategies." + $0 } }
    } catch { throw Problems(Problem(error.message), exit: .internal) }
    let text = (strategies + modules).map { "require \"\($0)\"" }.joined(separator: "\n")
    let described: Value
    do { described = try loader.load(SourceFile(path: "deploy.lua", text: text), checks: true) } catch { throw Problems(error) }
    let problems = ProjectReader(lines: FieldLines(loader.files)).problems(described)
    guard problems.isEmpty else { throw Problems(problems) }
    do { try self.init(loader.state) } catch { throw Problems(Problem(error.message), exit: .internal) }
  }

  private static let defect = Failure(.internal, "the prelude does not tell its words")

  private init(_ state: LuaState) throws(Failure) {
    guard let task = state.start(state.number("load_number"), .language, whole: true), case .returned(let value) = task.step(WireWriter()),
      let words = value["words"]?.list, let api = value["api"]?.int, let types = value["types"]
    else { throw Self.defect }
    self.api = api
    self.types = types
    self.words = words.compactMap(Word.init).sorted { $0.name < $1.name }
    objects = (value["objects"]?.list ?? []).map { object in
      Object(name: object["name"]?.text ?? "", summary: object["summary"]?.text ?? "", fields: Word.Field.list(object["fields"]))
    }
    errors = Self.terms(value["errors"])
    errorFields = Word.Field.list(value["error_fields"])
    events = Self.terms(value["events"])
    capabilities = Self.terms(value["capabilities"])
    schemas = (value["schemas"]?.list ?? []).compactMap(OptionSchema.init)
    guard self.words.count == words.count else { throw Failure(.internal, "the prelude has a word that is not whole") }
  }

  private static func terms(_ value: Value?) -> [Term] {
    (value?.list ?? []).map { one in
      Term(name: [one["name"]?.text, one["what"]?.text].compactMap { $0 }.joined(separator: ":"), summary: one["summary"]?.text ?? "")
    }
  }

  /// Returns what a field type accepts, in words, or nil if it is a type of objects' fields.
  package func meaning(of type: String) -> String? { types[type]?.text }

  /// The names of the field types, in order, without the lists of accepted strings.
  package var typeNames: [String] { types.members.map(\.name).filter { !$0.contains("|") }.sorted() }

  /// Returns the methods of an object, or the functions of a library such as `json`.
  package func methods(of object: Object) -> [Word] { words.filter { $0.name.hasPrefix(object.name + ":") || isMember($0, of: object) } }

  private func isMember(_ word: Word, of object: Object) -> Bool {
    word.name.hasPrefix(object.name + ".") && !words.contains { $0.name == object.name }
  }
}
