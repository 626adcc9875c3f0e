import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// A project that has not been read: its `deploy.lua` and its files.
struct BenchProject {
  var text: String
  var files: [String: String]

  init(text: String, files: [String: String] = ["app/version": "1\n", "app/index.html": "<p>hello</p>\n"]) {
    self.text = text
    self.files = files
  }

  /// Creates a project whose recipe has these fields, from line 8 of `deploy.lua`.
  init(hosts: Int = 2, body: String = "", more: String = "") { self.init(text: Bench.text(hosts: hosts, body: body, more: more)) }

  func bench() throws -> Bench { try Bench(text, files: files) }

  /// Returns the warnings of `check`, as the command prints them.
  func check() async throws -> String {
    let bench = try bench()
    let result = try await bench.check()
    #expect(result.problems.isEmpty)
    return (bench.project.project.warnings + result.warnings).map { warning in
      "warning: " + warning.lines().map { $0 + "\n" }.joined()
    }.joined()
  }
}

/// Expects that a use case is refused with exactly this text, and that no host is changed.
/// - Parameter words: `check`, `plan` or `deploy`, then `--only` and names of hosts.
func refused(
  _ project: BenchProject, _ words: [String], _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let request = DeploymentRequest(only: words.count > 2 && words[1] == "--only" ? Array(words[2...]) : [])
  let text = await refusal(sourceLocation: sourceLocation) {
    let bench = try project.bench()
    let before = bench.transport.hosts.map(\.jobs.count)
    defer { #expect(bench.transport.hosts.map(\.jobs.count) == before, "a host was touched", sourceLocation: sourceLocation) }
    switch words[0] {
    case "check":
      try await bench.check().refuse()
    case "plan": _ = try await bench.plan(request, connecting: false)
    default: _ = try await bench.plan(request)
    }
  }
  expectText(text, expected, sourceLocation: sourceLocation)
}

/// The fields of a deployment in a recipe, as an error message lists them.
let deploymentFields =
  "actor, application, branch, commit, commits, group, id, job, kind, labels, message, params, partner, partners, path, previous, recipe, "
  + "release, release_path, revision, status, tag, targets, task"
