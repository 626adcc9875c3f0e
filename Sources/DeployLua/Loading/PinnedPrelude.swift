package import DeployModel

/// A prelude that a state can run: the one from this version of Lander, or the one that was pinned with sources.
package struct PinnedPrelude: Sendable {
  let boundary: Boundary
  /// The prelude's files. Those of a positional prelude are in the order in which they are read.
  package let files: [SourceFile]
  /// The compiled files of a prelude with named fields, except `prelude/main.lua`, so that further states only have to load them.
  let code: [(path: String, bytes: [UInt8])]
  /// Where further states of the prelude begin as copies, or nil for a prelude that only a few states need.
  let places: StatePlaces?

  /// The prelude of this version of Lander.
  package static let own = PinnedPrelude(.named, Prelude.files, places: StatePlaces())
  /// The prelude of this version, with the words of tests.
  package static let spec = PinnedPrelude(adding: SpecPrelude.files, places: StatePlaces())

  /// The prelude of this version, with the code that runs the lines of a prompt.
  static let prompt = PinnedPrelude(adding: PromptPrelude.files)

  init(_ boundary: Boundary, _ files: [SourceFile], places: StatePlaces? = nil) {
    self.places = places
    self.boundary = boundary
    self.files = files
    let others = boundary == .positional ? [] : files.filter { $0.path != Self.main }
    code = others.map(Self.compiled)
  }

  /// Adds files to the prelude of this version. What is compiled already is not compiled again, because that takes some 15 ms.
  private init(adding files: [SourceFile], places: StatePlaces? = nil) {
    self.places = places
    boundary = .named
    self.files = (Self.own.files + files).sorted { $0.path < $1.path }
    code = (Self.own.code + files.map(Self.compiled)).sorted { $0.path < $1.path }
  }

  private static func compiled(_ file: SourceFile) -> (path: String, bytes: [UInt8]) {
    (file.path, LuaState.compiled(file, named: "=[lander] \(file.path)"))
  }

  /// Takes the prelude from pinned sources. If they have none, or one that this version cannot run, this version's own prelude is used. A
  /// recipe can be read again with a different prelude, but a deployment cannot continue with one. See `foreign(in:)`.
  package init(in sources: [SourceFile]) {
    let found = sources.filter(Prelude.holds)
    if Self.isSame(found, as: Self.own.files) {
      self = .own
    } else if Self.isSame(found, as: Self.spec.files) {
      self = .spec
    } else if let main = found.first(where: { $0.path.isExactly(Self.main) }), let boundary = Self.named(Self.boundary(of: main)) {
      self.init(boundary, found)
    } else if let early = PositionalBoundary.prelude(in: found) {
      self.init(.positional, early)
    } else {
      self = .own
    }
  }

  /// Returns whether two preludes have the same files. Lengths are compared first, because the preludes of rehearsed recipes have 160 KB
  /// each, which is too much to compare byte by byte in Swift.
  private static func isSame(_ found: [SourceFile], as files: [SourceFile]) -> Bool {
    found.elementsEqual(files) { $0.path.isExactly($1.path) && $0.text.utf8.count == $1.text.utf8.count && $0.text == $1.text }
  }

  /// Returns why this version of Lander cannot run the prelude that was pinned with sources. Returns nil if it can, or if the sources have
  /// no prelude.
  static func foreign(in sources: [SourceFile]) -> String? {
    let found = sources.filter(Prelude.holds)
    let numbers = Boundary.allCases.map { "\($0.rawValue)" }
    let known = numbers.dropLast().joined(separator: ", ") + " and " + (numbers.last ?? "")
    let other = "the language of its recipes is another one"
    if let main = found.first(where: { $0.path.isExactly(Self.main) }) {
      guard let number = Self.boundary(of: main) else { return "\(other) (without a boundary, and here boundary \(known))" }
      return named(number) != nil ? nil : "\(other) (boundary \(number), and here \(known))"
    }
    guard !found.isEmpty else { return nil }
    guard PositionalBoundary.prelude(in: found) != nil else {
      return "\(other) (\(PositionalBoundary.name(of: found)), and here boundary \(known))"
    }
    return PositionalBoundary.missingType(in: found).map { "its recipes do not know what \"\($0)\" is, which is newer" }
  }

  /// Returns the boundary with this number, or nil if it does not use records.
  private static func named(_ number: Int?) -> Boundary? {
    number.flatMap(Boundary.init).flatMap { $0 == .positional ? nil : $0 }
  }

  static let main = "prelude/main.lua"

  /// Reads the number in the first line, `-- boundary 3`.
  private static func boundary(of main: SourceFile) -> Int? {
    guard let line = main.text.fullLines.first, line.hasPrefix("-- boundary ") else { return nil }
    return Int(line.dropFirst("-- boundary ".count))
  }
}
