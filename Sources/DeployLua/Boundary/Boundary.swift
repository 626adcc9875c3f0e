import DeployCore
import DeployModel

/// The form of the data between Lua and the engine. A prelude names its boundary in its first line.
///
/// Deployments and releases pin their prelude, so an engine that resumes, restores or rolls back has to run preludes of earlier versions.
package enum Boundary: Int, Sendable, Hashable, CaseIterable {
  /// Values by position; the prelude has no vocabulary of its own. See `PositionalBoundary`.
  case positional = 2
  /// Records with named fields, without gates: the prelude of earlier versions. The engine accepts and returns the same.
  case early = 3
  /// Records with named fields.
  case named = 4

  /// The arguments that a function is started with.
  func arguments(_ start: Start) -> WireWriter {
    var writer = WireWriter()
    switch self {
    case .named, .early: start.write(to: &writer)
    case .positional: for value in PositionalBoundary.arguments(start) { writer.put(value) }
    }
    return writer
  }

  /// A script's question, in the engine's words.
  /// - Parameter hosts: number of hosts of the plan.
  /// - Throws: kind `internal` if a field is missing, wrong or unknown.
  func request(_ question: Question, recipe: Int, hosts: Int) throws(Failure) -> Request {
    switch self {
    case .named, .early:
      var ask = try Ask(question)
      return try ask.request(recipe: recipe, hosts: hosts)
    case .positional: return try PositionalBoundary(question: question.values, recipe: recipe).request()
    }
  }

  /// The question of a file that is being read.
  /// - Throws: kind `internal` if it asks for neither a module, a text nor a variable.
  func sought(_ question: Question) throws(Failure) -> Sought {
    switch self {
    case .named, .early:
      var ask = try Ask(question)
      return try ask.sought()
    case .positional: return .source(try PositionalBoundary(question: question.values, recipe: 0).required())
    }
  }

  /// The answer for a waiting script.
  func reply(_ answer: Answer) -> WireWriter {
    switch self {
    case .named, .early: Reply.write(answer)
    case .positional: PositionalBoundary.write(answer)
    }
  }

  /// The answer to a question that the engine does not accept.
  func refusal(_ failure: Failure) -> WireWriter {
    switch self {
    case .named, .early: Reply.refusal(failure)
    case .positional: PositionalBoundary.write(.outcome(Outcome(failure: failure)))
    }
  }

  /// A rehearsal's finding, as the prelude noted it; nil if this engine does not know its kind.
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

/// `require "name"`.
struct Required {
  var name: String
  /// The file that calls `require`: `./name` is looked for beside it.
  var besides: String
}

/// `read_text "file"` and its siblings, or `env "NAME"`.
struct Given {
  enum Kind: String { case file, variable }
  var kind: Kind
  var name: String
  /// The line that asks; nil if no line of a recipe or plugin does.
  var from: SourcePlace?
}
