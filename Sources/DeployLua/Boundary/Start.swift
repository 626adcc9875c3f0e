import DeployModel

/// How a function is started. A recipe's function is started with its host, deployment or rollout, and a function of the prelude with a
/// request.
enum Start {
  /// Reads a project from its main file.
  case project(path: String, request: Value)
  /// Begins the run phase.
  case facts(Value)
  /// Lists the words of the language.
  case language
  /// Checks values against types. Each item is `{ type, value }`, with the value as it is in the sources.
  case literals(Value)
  case host(Int)
  /// A deployment. Its `status` is `running` or `succeeded`.
  case deployment(status: String)
  case failure(ScriptError)
  case rollout(options: Value)
  case weights(Weights)
  case child

  /// Writes the start in the form that `run/launch.lua` reads: a record with its subject.
  func write(to writer: inout WireWriter) {
    switch self {
    case .project(let path, let request):
      let request = Value.record(of: request.members.map { ($0.name, $0.value) } + [("path", .text(path))])
      write("call", "request", request, to: &writer)
    case .facts(let facts): write("call", "request", facts, to: &writer)
    case .host(let number): write("host", "host", .int(number), to: &writer)
    case .deployment(let status): write("deployment", "status", .text(status), to: &writer)
    case .failure(let error): write("failure", "error", ErrorReader.value(error), to: &writer)
    case .rollout(let options): write("rollout", "options", options, to: &writer)
    case .weights(let weights): write("weights", "weights", weights.value, to: &writer)
    case .language: write("language", to: &writer)
    case .literals(let list): write("literals", "literals", list, to: &writer)
    case .child: write("child", to: &writer)
    }
  }

  private func write(_ subject: String, to writer: inout WireWriter) {
    writer.begin(record: 1)
    writer.put("subject", .text(subject))
  }

  private func write(_ subject: String, _ name: String, _ value: Value, to writer: inout WireWriter) {
    writer.begin(record: 2)
    writer.put(name, value)
    writer.put("subject", .text(subject))
  }
}
