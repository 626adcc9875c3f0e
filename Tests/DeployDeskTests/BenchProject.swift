import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// A project that is not read yet: the text of `deploy.lua`, and its other files.
struct BenchProject {
  var text: String
  var files: [String: String]

  init(text: String, files: [String: String] = ["app/version": "1\n", "app/index.html": "<p>hello</p>\n"]) {
    self.text = text
    self.files = files
  }

  /// The given fields of the recipe begin on line 8.
  init(hosts: Int = 2, body: String = "", more: String = "") { self.init(text: Bench.text(hosts: hosts, body: body, more: more)) }

  func bench() throws -> Bench { try Bench(text, files: files) }

  /// Expects that `check` finds no problem, and returns its warnings as it prints them.
  func check() async throws -> String {
    let bench = try bench()
    let result = try await bench.check()
    #expect(result.problems.isEmpty)
    return (bench.project.project.warnings + result.warnings).map { warning in
      "warning: " + warning.lines().map { $0 + "\n" }.joined()
    }.joined()
  }
}

/// Expects that a command refuses with exactly this text and changes no host.
/// - Parameter words: `check`, `plan` or `deploy`; then optionally `--only` and names of hosts.
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
