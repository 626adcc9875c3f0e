package import DeployModel

/// Converts Lua's error objects into errors of the engine, and back.
package enum ErrorReader {
  /// Returns the error that ended a script.
  /// - Parameter place: where the function is defined. It is used if the error itself has no place.
  package static func scriptError(_ value: Value, place: SourcePlace?) -> ScriptError {
    guard case .record = value else {
      return ScriptError(Failure(.failed, value.text ?? "it ended with an error without words"), place: place)
    }
    let kind = value["kind"]?.text ?? ""
    let message = value["message"]?.text.map(Self.cut) ?? "it ended with an error without words"
    let failure = Failure(Self.kind(kind), message, fix: value["fix"]?.text)
    let trace = value["traceback"]?.text?.parts(at: "\n").map(String.init) ?? []
    return ScriptError(
      failure, place: value["where"]?.text.flatMap(Self.place) ?? place, trace: trace, host: value["host"]?.text,
      stderr: value["stderr"]?.text)
  }

  /// Returns the error that ended the reading of a file, as a problem.
  package static func problem(_ value: Value, in file: String) -> Problem {
    let error = scriptError(value, place: nil)
    return Problem(error.failure.message, place: error.place ?? SourcePlace(file: file, line: 1), fix: error.failure.fix)
  }

  /// Returns the error object for a recipe.
  package static func value(_ error: ScriptError) -> Value {
    var members: [(String, Value)] = [("kind", .text(error.failure.kind.rawValue)), ("message", .text(error.failure.message))]
    if let fix = error.failure.fix { members.append(("fix", .text(fix))) }
    if let place = error.place { members.append(("where", .text(place.description))) }
    if !error.trace.isEmpty { members.append(("traceback", .text(error.trace.joined(separator: "\n")))) }
    if let host = error.host { members.append(("host", .text(host))) }
    if let stderr = error.stderr { members.append(("stderr", .text(stderr))) }
    return .record(of: members)
  }

  /// Returns the error object of a failure without a place.
  static func value(_ failure: Failure) -> Value {
    var members: [(String, Value)] = [("kind", .text(failure.kind.rawValue)), ("message", .text(failure.message))]
    if let fix = failure.fix { members.append(("fix", .text(fix))) }
    return .record(of: members)
  }

  /// Cuts a message to 64 KiB, because messages are written to the journal and shown in many places.
  private static func cut(_ message: String) -> String {
    let bytes = message.utf8.count
    guard bytes > 1 << 16 else { return message }
    return String(decoding: message.utf8.prefix(1 << 16), as: UTF8.self) + "… (\(bytes) bytes in all)"
  }

  private static func kind(_ word: String) -> Failure.Kind {
    if let kind = Failure.Kind(rawValue: word) { return kind }
    return word == "usage" ? .invalid : .failed
  }

  /// Reads a place such as `deploy.lua:31`, or nil if the text is not a place.
  static func place(_ text: String) -> SourcePlace? {
    guard let colon = text.lastIndex(of: ":"), let line = Int(text[text.index(after: colon)...]) else { return nil }
    return SourcePlace(file: String(text[..<colon]), line: line)
  }
}
