import Testing

/// Mistakes in recipes that have their own error messages.
struct SmallMistakeTests {
  /// Returns a project whose recipe has this body, which begins on line 8 of `deploy.lua`.
  private func project(_ body: String) -> BenchProject { BenchProject(body: body) }

  private func hook(_ line: String) -> String { "on = { AfterInstall = function(host, deployment)\n\(line)\nend }," }

  @Test("on_failure is played also where there is no hook that could fail")
  func failureWithoutHooks() async throws {
    let place = project("on_failure = function(d, e) log.erro(\"x\") end,")
    try await refused(place, ["check"], "deploy.lua:8: log has no erro\n  → did you mean log.error?\n")
  }

  @Test("a duration that is too long is told from one that is none, wherever a duration is written")
  func longDurations() async throws {
    for (line, subject) in [
      ("host:run(\"x\", { timeout = \"101d\" })", "timeout of host:run must be"), ("sleep \"2401h\"", "sleep takes"),
      ("within(8640001, function() end)", "within takes"),
    ] {
      let given = line.contains("8640001") ? "8640001" : line.contains("101d") ? "\"101d\"" : "\"2401h\""
      try await refused(project(hook(line)), ["check"], "deploy.lua:9: \(subject) a duration of at most 100 days, got \(given)\n")
    }
  }

  @Test("what a recipe without parameters asks of them is refused without an empty list of names")
  func noParameters() async throws {
    try await refused(
      project(hook("log.info(deployment.params.x)")), ["check"], "deploy.lua:9: there is no parameter x\n  → there is none at all\n")
  }

  @Test("a question that was given wrongly is told once, and no second problem says that it is missing")
  func oneQuestion() async throws {
    try await refused(
      project(hook("host:wait_for { port = \"x\" }")), ["check"],
      "deploy.lua:9: port of host:wait_for must be a port from 1 to 65535, got \"x\"\n")
    try await refused(
      project(hook("host:wait_for { timeout = \"5s\" }")), ["check"],
      "deploy.lua:9: host:wait_for takes exactly one of http, port and command\n")
  }

  @Test("a first wave without hosts is refused with its line: the release would come to no host, and succeed")
  func emptyFirstWave() async throws {
    for (name, given) in [("growing", "0"), ("canary", "\"0%\"")] {
      try await refused(
        project("strategy = \(name) { first = \(given) },"), ["check"],
        "deploy.lua:8: first of strategy \(name) must be a count from 1, or a share above 0%, got \(given)\n")
    }
  }
}
