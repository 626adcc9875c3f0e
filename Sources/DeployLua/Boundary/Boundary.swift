import DeployCore
import DeployModel

/// The form of the data between Lua and the engine. The first line of a prelude says which boundary it uses.
///
/// Deployments and releases pin their prelude, so an engine that resumes, restores or rolls back has to run preludes of earlier versions.
package enum Boundary: Int, Sendable, Hashable, CaseIterable {
  /// Values are passed by their position. Preludes with this boundary have no vocabulary of their own. See `PositionalBoundary`.
  case positional = 2
  /// Values are passed in records with named fields. Preludes of earlier versions have this boundary. They have no gates. The engine
  /// handles this boundary like `named`.
  case early = 3
  /// Records with named fields.
  case named = 4

  /// Returns the arguments for starting a function.
  func arguments(_ start: Start) -> WireWriter {
    var writer = WireWriter()
    switch self {
    case .named, .early: start.write(to: &writer)
    case .positional: for value in PositionalBoundary.arguments(start) { writer.put(value) }
    }
    return writer
  }

  /// Returns a script's question as a request to the engine.
  /// - Parameter hosts: the number of hosts of the plan.
  /// - Throws: kind `internal` if a field is missing, wrong or unknown.
  func request(_ question: Question, recipe: Int, hosts: Int) throws(Failure) -> Request {
    switch self {
    case .named, .early:
      var ask = try Ask(question)
      return try ask.request(recipe: recipe, hosts: hosts)
    case .positional: return try PositionalBoundary(question: question.values, recipe: recipe).request()
    }
  }

  /// Returns the question of a file that is being read.
  /// - Throws: kind `internal` if the file asks for anything other than a module, a text or a variable.
  func sought(_ question: Question) throws(Failure) -> Sought {
    switch self {
    case .named, .early:
      var ask = try Ask(question)
      return try ask.sought()
    case .positional: return .source(try PositionalBoundary(question: question.values, recipe: 0).required())
    }
  }

  /// Returns the answer for a script that waits.
  func reply(_ answer: Answer) -> WireWriter {
    switch self {
    case .named, .early: Reply.write(answer)
    case .positional: PositionalBoundary.write(answer)
    }
  }

  /// Returns the answer to a question that the engine does not accept.
  func refusal(_ failure: Failure) -> WireWriter {
    switch self {
    case .named, .early: Reply.refusal(failure)
    case .positional: PositionalBoundary.write(.outcome(Outcome(failure: failure)))
    }
  }

  /// Reads a finding of a rehearsal from the prelude's note. Returns nil if this engine does not know the kind of the finding.
  func note(_ kind: String, _ value: Value) -> RehearsalNote? {
    switch self {
    case .named, .early: RehearsalNote(kind, value)
    case .positional: PositionalBoundary.note(kind, value.text ?? "")
    }
  }
}

/// The question of a file that is being read.
enum Sought {
  case source(Required)
  case given(Given)
}

/// A module that a file requires: `require "name"`.
struct Required {
  var name: String
  /// The file that calls `require`. A name such as `./name` is relative to it.
  var besides: String
}

/// A text or a variable that a file asks for, with `read_text "file"` and similar words, or with `env "NAME"`.
struct Given {
  enum Kind: String { case file, variable }
  var kind: Kind
  var name: String
  /// The line that asks, or nil if the line belongs to no recipe or plugin.
  var from: SourcePlace?
}
