import DeployModel

/// Decodes the questions of a test.
extension Ask {
  /// - Throws: kind `invalid` if the test calls a word that belongs to a deployment, or `internal` if a field is wrong.
  mutating func trial() throws(Failure) -> Trial {
    guard op == "deploy" else {
      throw Failure(
        .invalid, "nothing runs in a test but what t:deploy plays, and this asks for \"\(op)\"",
        fix: "call it in a hook or stage of a recipe, and deploy that with t:deploy")
    }
    let trial = try settings()
    try end()
    return trial
  }

  /// Reads the request of a test that runs in a lab.
  mutating func labQuestion() throws(Failure) -> LabQuestion {
    let question: LabQuestion
    switch op {
    case "lab deploy":
      var trial = try settings()
      trial.isReal = true
      question = .deploy(trial, revision: try optionalInt("revision", 1...1000) ?? 1)
    case "lab rollback": question = .rollback(recipe: try text("recipe"), group: try optionalText("group"))
    case "lab run":
      let limit = try optionalInterval("timeout") ?? .minutes(1)
      question = .run(try text("command"), on: try text("host"), limit: limit)
    default:
      throw Failure(
        .invalid, "nothing runs in a lab but what lab:deploy, lab:rollback and lab:run do, and this asks for \"\(op)\"",
        fix: "call it in a hook or stage of a recipe, and deploy that with lab:deploy")
    }
    try end()
    return question
  }

  private mutating func settings() throws(Failure) -> Trial {
    var trial = Trial(recipe: try text("recipe"))
    trial.strategy = try optional("strategy", "a strategy with its options") { value in
      value["name"]?.text.map { Trial.Strategy($0, options: value["options"] ?? .record([])) }
    }
    if trial.strategy != nil { trial.recipe = Trial.Strategy.recipe }
    trial.group = try optionalText("group")
    trial.task = try optionalText("task")
    trial.hosts = try optionalInt("hosts", 1...10_000)
    trial.parameters = try members("params")
    trial.isFresh = try flag("fresh")
    trial.unchanged = try optional("unchanged", "a list of names") { Self.all($0, \.text) } ?? []
    trial.answers = try optional("answers", "a list of answers") { Self.all($0, Trial.Answer.init) } ?? []
    trial.replies = try optional("http", "a list of answers") { Self.all($0, Trial.Reply.init) } ?? []
    trial.facts = try optional("facts", "a list of facts") { Self.all($0, Trial.Facts.init) } ?? []
    trial.files = try members("files")
    trial.failing = try members("fails")
    trial.unreachable = try optional("unreachable", "a list of names") { Self.all($0, \.text) } ?? []
    trial.gates = try members("gates")
    trial.cancelAfter = try optionalInterval("cancel_after")
    trial.seed = UInt64(try optionalInt("seed", 0...Int.max) ?? 0)
    return trial
  }

  /// Reads a table with names. Lua sends an empty table as a list.
  private mutating func members(_ name: String) throws(Failure) -> [Value.Member] {
    try optional(name, "a record") { value in value.list == nil || value.list == [] ? value.members : nil } ?? []
  }
}

extension Trial.Answer {
  fileprivate init?(_ value: Value) {
    guard let part = value["command"]?.text else { return nil }
    self.init(part)
    host = value["host"]?.text
    status = value["status"]?.int ?? 0
    stdout = value["stdout"]?.text ?? ""
    stderr = value["stderr"]?.text ?? ""
    duration = value["takes"]?.int.map { Interval(milliseconds: $0) }
    times = value["times"]?.int
    isOptional = value["optional"]?.bool ?? false
  }
}

extension Trial.Facts {
  fileprivate init?(_ value: Value) {
    let absent = (value["absent"]?.list ?? []).compactMap(\.text).map { Value.Member($0, .null) }
    self.init(
      of: value["host"]?.text, (value["fields"]?.members ?? []) + absent, areUnknown: value["unknown"]?.bool ?? false)
  }
}

extension Trial.Reply {
  fileprivate init?(_ value: Value) {
    guard let url = value["url"]?.text else { return nil }
    self.init(url)
    method = value["method"]?.text.flatMap(HTTPRequest.Method.init)
    response = HTTPResponse(
      status: value["status"]?.int ?? 200, body: value["body"]?.text ?? "", type: value["type"]?.text ?? "",
      redirect: value["location"]?.text)
    failure = value["failure"]?.text
    duration = value["takes"]?.int.map { Interval(milliseconds: $0) }
    times = value["times"]?.int
    isOptional = value["optional"]?.bool ?? false
  }
}
