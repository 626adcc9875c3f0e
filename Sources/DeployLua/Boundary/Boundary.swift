import DeployCore
import DeployModel

/// The form of what crosses between Lua and the engine. A prelude says in its first line which one it has.
///
/// Deployments and releases pin their prelude, so an engine meets preludes of earlier versions when it resumes, restores or rolls back.
package enum Boundary: Int, Sendable, Hashable, CaseIterable {
  /// Values by position; the prelude has no vocabulary of its own. See `PositionalBoundary`.
  case positional = 2
  /// Records with named fields, without gates. The prelude of earlier versions; the engine takes and tells the same.
  case early = 3
  /// Records with named fields.
  case named = 4

  /// What a function is started with.
  func arguments(_ start: Start) -> WireWriter {
    var writer = WireWriter()
    switch self {
    case .named, .early: start.write(to: &writer)
    case .positional: for value in PositionalBoundary.arguments(start) { writer.put(value) }
    }
    return writer
  }

  /// What a script asked, in the words of the engine.
  /// - Parameter hosts: number of hosts of the plan.
  /// - Throws: kind `internal`, if a field is missing, wrong or not known.
  func request(_ question: Question, recipe: Int, hosts: Int) throws(Failure) -> Request {
    switch self {
    case .named, .early:
      var ask = try Ask(question)
      return try ask.request(recipe: recipe, hosts: hosts)
    case .positional: return try PositionalBoundary(question: question.values, recipe: recipe).request()
    }
  }

  /// What a file that is read asked for.
  /// - Throws: kind `internal`, if it is neither `require` nor a text or a variable.
  func sought(_ question: Question) throws(Failure) -> Sought {
    switch self {
    case .named, .early:
      var ask = try Ask(question)
      return try ask.sought()
    case .positional: return .source(try PositionalBoundary(question: question.values, recipe: 0).required())
    }
  }

  /// What a waiting script is told.
  func reply(_ answer: Answer) -> WireWriter {
    switch self {
    case .named, .early: Reply.write(answer)
    case .positional: PositionalBoundary.write(answer)
    }
  }

  /// What a script is told whose question the engine does not take.
  func refusal(_ failure: Failure) -> WireWriter {
    switch self {
    case .named, .early: Reply.refusal(failure)
    case .positional: PositionalBoundary.write(.outcome(Outcome(failure: failure)))
    }
  }

  /// What a rehearsal found, as the prelude noted it; nil for what this engine does not know.
  func note(_ kind: String, _ value: Value) -> RehearsalNote? {
    switch self {
    case .named, .early: RehearsalNote(kind, value)
    case .positional: PositionalBoundary.note(kind, value.text ?? "")
    }
  }
}

/// What a file that is read asked for.
enum Sought {
  case source(Required)
  case given(Given)
}

/// `require "name"`.
struct Required {
  var name: String
  /// The file whose `require` it is: `./name` is looked for beside it.
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
