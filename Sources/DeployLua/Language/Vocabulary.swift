import DeployModel

/// The whole recipe language as data.
package enum Vocabulary {
  /// The API level of this engine.
  package static let api = 1
  /// Shipped strategies that every recipe has in reach by name; each is `recipes/strategies/<name>.lua`.
  package static let strategies = ["all_at_once", "rolling"]

  /// Every word, in the order in which a reader wants them.
  package static let functions: [HostFunction] = describing + options + acting + flowing

  /// What the prelude is told before it is read: fields by word, lifecycle events, strategies, API level.
  static let wire: Value = {
    var members: [(String, Value)] = functions.map { function in
      let fields = function.fields.map { field in
        Value.record(of: [
          ("name", .text(field.name)), ("type", .text(field.type)), ("required", .bool(field.required)), ("help", .text(field.summary)),
        ])
      }
      return (function.name, .record(of: [("fields", .list(fields)), ("phase", .text(function.phase.rawValue))]))
    }
    members.append(("events", .list(LifecycleEvent.allCases.map { .text($0.rawValue) })))
    members.append(("strategies", .list(strategies.map { .text($0) })))
    members.append(("api", .int(api)))
    return .record(of: members)
  }()
}
