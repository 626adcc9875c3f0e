package import DeployModel

/// The whole recipe language as data. The files of the prelude declare it, each its own words; checks and near matches there, the page of
/// words and the editor's stub here are made from it.
package struct Vocabulary: Sendable, Hashable {
  /// What functions of recipes are given: a host, a deployment.
  package struct Object: Sendable, Hashable {
    package var name: String
    package var summary: String
    package var fields: [Word.Field]
  }

  /// The API level.
  package var api: Int
  /// In the order of their names.
  package var words: [Word]
  package var objects: [Object]
  private var types: Value

  /// - Throws: a defect of the prelude.
  package init() throws(Failure) {
    let state = try LuaState(prelude: .spec, limits: LuaLimits())
    guard let task = state.start(state.number("load_number"), .language, whole: true), case .returned(let value) = task.step(WireWriter()),
      let words = value["words"]?.list, let api = value["api"]?.int, let types = value["types"]
    else { throw Failure(.internal, "the prelude does not tell its words") }
    self.api = api
    self.types = types
    self.words = words.compactMap(Word.init).sorted { $0.name < $1.name }
    objects = (value["objects"]?.list ?? []).map { object in
      Object(name: object["name"]?.text ?? "", summary: object["summary"]?.text ?? "", fields: Word.Field.list(object["fields"]))
    }
    guard self.words.count == words.count else { throw Failure(.internal, "the prelude has a word that is not whole") }
  }

  /// What a type of fields takes, in words; nil for types of objects' fields.
  package func meaning(of type: String) -> String? { types[type]?.text }

  /// Methods of an object, or the functions of a library such as `json`.
  func methods(of object: Object) -> [Word] { words.filter { $0.name.hasPrefix(object.name + ":") || isMember($0, of: object) } }

  private func isMember(_ word: Word, of object: Object) -> Bool {
    word.name.hasPrefix(object.name + ".") && !words.contains { $0.name == object.name }
  }
}
