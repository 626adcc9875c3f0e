import DeployModel
import Testing

/// Tests that values which no host can use are refused before anything starts.
@Suite("What check finds in values")
struct ValueCheckTests {
  @Test(
    "a time of nothing, a URL that is none, a name that no user can have and a way out of the release are refused with their line",
    arguments: [
      (
        "host:run(\"x\", { timeout = 0 })",
        "timeout of host:run must be a duration above 0 (such as \"90s\" or \"5m\"), or a number of seconds, got 0"
      ),
      (
        "host:write(\"../../x\", \"x\")",
        "host:write: the path \"../../x\" is relative to the release, and leads out of it\n"
          + "  → write the whole path if that place is meant: \"/srv/app/file\""
      ),
      (
        "host:link(\"../shared/log\", \"a/../../log\")",
        "host:link: the path \"a/../../log\" is relative to the release, and leads out of it\n"
          + "  → write the whole path if that place is meant: \"/srv/app/file\""
      ),
      (
        "host:upload(\"../ca.pem\", \"./..\")",
        "host:upload: the path \"./..\" is relative to the release, and leads out of it\n"
          + "  → write the whole path if that place is meant: \"/srv/app/file\""
      ),
      ("host:run(\"x\", { user = \"no body\" })", "user of host:run must be the name of a user, got \"no body\""),
      ("host:run(\"x\", { user = \"-u\" })", "user of host:run must be the name of a user, got \"-u\""),
      (
        "host:write(\"f\", \"x\", { owner = \"a b\" })", "owner of host:write must be a user, or \"user:group\", got \"a b\""
      ),
      (
        "host:write(\"f\", \"x\", { owner = \"a:b:c\" })", "owner of host:write must be a user, or \"user:group\", got \"a:b:c\""
      ),
      (
        "host:wait_for { http = \"ftp://x/\" }",
        "http of host:wait_for must be a URL that begins with http:// or https://, got \"ftp://x/\""
      ),
      (
        "host:wait_for { port = 80, timeout = \"0s\" }",
        "timeout of host:wait_for must be a duration above 0 (such as \"90s\" or \"5m\"), or a number of seconds, got \"0s\""
      ),
    ])
  func refusals(_ line: String, _ expected: String) async throws {
    let project = BenchProject(body: "on = { AfterInstall = function(host, deployment)\n\(line)\nend },")
    for command in ["check", "deploy"] { try await refused(project, [command], "deploy.lua:9: \(expected)\n") }
  }

  @Test("an owner with its group, a user of a domain and a URL in capitals are taken")
  func fine() async throws {
    let lines = [
      "host:write(\"f\", \"x\", { owner = \"app:www-data\" })", "host:run(\"x\", { user = \"app@corp.example\", timeout = \"0.5s\" })",
      "host:write(\"a/../b\", \"x\") host:write(\"/srv/app/../x\", \"x\") host:link(\"../../shared/log\", \"log\")",
      "host:wait_for { http = \"HTTP://localhost:8080/\", timeout = 5 }",
    ]
    let body = "on = { AfterInstall = function(host, deployment)\n\(lines.joined(separator: "\n"))\nend },"
    // `check` throws if it refuses anything.
    _ = try await BenchProject(body: body).check()
  }
}
