package import DeployModel

/// A prelude that a state can run: this Lander's own, or the one that was pinned with sources.
package struct PinnedPrelude: Sendable {
  let boundary: Boundary
  /// For a positional prelude, in reading order.
  package let files: [SourceFile]
  /// For a named prelude: its compiled files except `prelude/main.lua`, so that further states only have to load them.
  let code: [(path: String, bytes: [UInt8])]

  /// This Lander's own.
  package static let own = PinnedPrelude(.named, Prelude.files)
  /// The same with the words of tests.
  package static let spec = PinnedPrelude(.named, (Prelude.files + SpecPrelude.files).sorted { $0.path < $1.path })

  /// The same with what runs the lines of a prompt.
  static let prompt = PinnedPrelude(.named, (Prelude.files + PromptPrelude.files).sorted { $0.path < $1.path })

  private init(_ boundary: Boundary, _ files: [SourceFile]) {
    self.boundary = boundary
    self.files = files
    let others = boundary == .positional ? [] : files.filter { $0.path != Self.main }
    code = others.map { ($0.path, LuaState.compiled($0, named: "=[lander] \($0.path)")) }
  }

  /// The prelude among pinned sources. It is this Lander's own if they have none, or one that it cannot run: a recipe may be read again
  /// with another prelude, but a deployment cannot continue with one. See `foreign(in:)`.
  package init(in sources: [SourceFile]) {
    let found = sources.filter(Prelude.holds)
    if let known = [Self.own, Self.spec].first(where: { Self.isSame(found, as: $0.files) }) {
      self = known
    } else if let main = found.first(where: { $0.path.isExactly(Self.main) }), let boundary = Self.named(Self.boundary(of: main)) {
      self.init(boundary, found)
    } else if let early = PositionalBoundary.prelude(in: found) {
      self.init(.positional, early)
    } else {
      self = .own
    }
  }

  /// Equal texts of equal length. They are 160 KB for each rehearsed recipe, too much to compare byte by byte in Swift.
  private static func isSame(_ found: [SourceFile], as files: [SourceFile]) -> Bool {
    found.elementsEqual(files) { $0.path.isExactly($1.path) && $0.text.utf8.count == $1.text.utf8.count && $0.text == $1.text }
  }

  /// Why this Lander cannot run the prelude that was pinned with sources; nil if it can, or if they have none.
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

  /// The boundary with records that has this number; nil: there is none.
  private static func named(_ number: Int?) -> Boundary? {
    number.flatMap(Boundary.init).flatMap { $0 == .positional ? nil : $0 }
  }

  static let main = "prelude/main.lua"

  /// The number in the first line, `-- boundary 3`.
  private static func boundary(of main: SourceFile) -> Int? {
    guard let line = main.text.fullLines.first, line.hasPrefix("-- boundary ") else { return nil }
    return Int(line.dropFirst("-- boundary ".count))
  }
}
