import DeployCore
import DeployModel

/// A question from the prelude, which is a record with named fields. The decoder of its operation reads each field once. If a field is
/// missing, unread or of the wrong type, that is a bug in Lander. The error then says which field it is, and which line of the recipe
/// asked.
struct Ask {
  let op: String
  /// The innermost line of a recipe or plugin that is asking, or nil if no such code is running.
  let from: SourcePlace?
  private let fields: [(name: String, value: Value)]
  /// Which fields have been read, with one bit for each field.
  private var read: UInt64 = 0
  /// The largest number of fields in a question. No operation has more than a third of that.
  private static let most = 32

  /// - Throws: kind `internal` if the question has no operation.
  init(_ question: Question) throws(Failure) {
    fields = question.fields
    var op: String?
    var (file, line): (Value?, Value?)
    for index in 0..<min(fields.count, Self.most) {
      switch fields[index].name {
      case "op": op = fields[index].value.text
      case "from": file = fields[index].value
      case "line": line = fields[index].value
      default: continue
      }
      read |= 1 << UInt64(index)
    }
    guard let op, fields.count <= Self.most else {
      throw Failure(.internal, "a recipe asked for nothing that has a name", fix: Self.fix)
    }
    self.op = op
    from = file?.text.flatMap { file in line?.int.map { SourcePlace(file: file, line: $0) } }
    guard from != nil || (file == nil && line == nil) else {
      throw Failure(.internal, "a recipe asked for \"\(op)\" from a place without file and line", fix: Self.fix)
    }
  }

  // MARK: fields

  /// Returns the value of a field, or nil if the question does not have the field.
  mutating func optional<T>(_ name: String, _ words: String, _ take: (Value) -> T?) throws(Failure) -> T? {
    var index = 0
    while index < fields.count, fields[index].name != name { index += 1 }
    guard index < fields.count else { return nil }
    read |= 1 << UInt64(index)
    let value = fields[index].value
    guard let taken = take(value) else { throw wrong(" with \(name) = \(value.words), which is not \(words)") }
    return taken
  }

  /// Returns the value of a required field.
  mutating func needed<T>(_ name: String, _ words: String, _ take: (Value) -> T?) throws(Failure) -> T {
    guard let value = try optional(name, words, take) else { throw wrong(" without its field \(name)") }
    return value
  }

  mutating func text(_ name: String) throws(Failure) -> String { try needed(name, "a string", \.text) }
  mutating func optionalText(_ name: String) throws(Failure) -> String? { try optional(name, "a string", \.text) }
  mutating func flag(_ name: String) throws(Failure) -> Bool { try optional(name, "true or false", \.bool) ?? false }

  /// Returns a whole number in a range.
  mutating func int(_ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int {
    guard let value = try optionalInt(name, range) else { throw wrong(" without its field \(name)") }
    return value
  }
  mutating func optionalInt(_ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int? {
    try optional(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
      value.int.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// Returns a time in milliseconds. Its limit is one second more than the limit in `types/duration.lua`.
  mutating func interval(_ name: String) throws(Failure) -> Interval { Interval(milliseconds: try int(name, 0...Self.longest)) }
  mutating func optionalInterval(_ name: String) throws(Failure) -> Interval? {
    try optionalInt(name, 0...Self.longest).map { Interval(milliseconds: $0) }
  }
  private static let longest = 8_640_001_000

  /// Returns a list if all of its items are valid.
  mutating func list<T>(_ name: String, _ words: String, _ take: (Value) -> T?) throws(Failure) -> [T] {
    try needed(name, "a list of \(words)") { Self.all($0, take) }
  }
  static func all<T>(_ value: Value, _ take: (Value) -> T?) -> [T]? {
    guard let list = value.list else { return nil }
    let taken = list.compactMap(take)
    return taken.count == list.count ? taken : nil
  }

  /// Ends the decoding. - Throws: if there is a field that was not read.
  func end() throws(Failure) {
    guard read.nonzeroBitCount < fields.count, let unread = fields.indices.first(where: { read >> UInt64($0) & 1 == 0 }) else { return }
    throw wrong(" with a field \(fields[unread].name), which this lander does not know")
  }

  /// Makes an error that contains the operation and the recipe's line.
  /// - Parameter what: the rest of the sentence, which begins with a space or a comma.
  func wrong(_ what: String) -> Failure {
    let place = from.map { "\($0): " } ?? ""
    return Failure(.internal, "\(place)a recipe asked for \"\(op)\"\(what)", fix: Self.fix)
  }
  private static let fix = "this is a defect of lander: please report it, with that line of the recipe"
}
