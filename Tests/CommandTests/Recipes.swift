import Foundation
import Testing

/// Texts of `deploy.lua` for tests, with hosts on this machine in folders of the workplace.
enum Recipes {
  /// Returns the text of a `deploy.lua`.
  /// - Parameters:
  ///   - hosts: how many local hosts the group `test` has.
  ///   - body: more fields of the recipe.
  static func local(_ place: String, hosts: Int = 2, body: String = "", more: String = "") -> String {
    let list = (1...hosts).map {
      "host \"h\($0)\" { transport = \"local\", root = \"\(place)/hosts/h\($0)\" }"
    }.joined(separator: ", ")
    return """
      group "test" { hosts = { \(list) } }
      \(more)
      recipe "app" {
        api = 1,
        revision = bundle { from = "app" },
        targets = group "test",
        path = "/srv/app",
        \(body)
      }

      """
  }
}

extension Workplace {
  /// Returns a project with local hosts and an `app` folder of two files.
  static func project(
    hosts: Int = 2, body: String = "", more: String = "", files: [String: String] = [:]
  ) throws -> Workplace {
    let place = try Workplace(
      ["app/version": "1\n", "app/index.html": "<p>hello</p>\n"].merging(files) { $1 })
    try place.write(
      Recipes.local(place.path, hosts: hosts, body: body, more: more), to: "deploy.lua")
    return place
  }

  /// Returns the text of a file in the current release on a host.
  func current(_ host: String, _ file: String) throws -> String {
    try text("hosts/\(host)/srv/app/current/\(file)")
  }
}

extension Workplace {
  /// Waits up to two minutes until a file exists.
  func wait(for file: String) throws {
    let deadline = Date().addingTimeInterval(120)
    while Date() < deadline {
      if exists(file) { return }
      usleep(20_000)
    }
    Issue.record("\(file) was not there in two minutes")
  }

  /// Returns a text in which `HERE` replaces this folder's path.
  func relative(_ text: String) -> String { text.replacing(path, with: "HERE") }

  /// Returns the word that follows a text, such as an id in a command's output; nil: the text is not there.
  func word(after before: String, in text: String) -> String? {
    text.range(of: before).map { String(text[$0.upperBound...].prefix { !$0.isWhitespace && $0 != ";" && $0 != "," }) }
  }
}

/// Waits up to two minutes until a command has printed a text.
func wait(for text: String, in file: String) throws {
  let deadline = Date().addingTimeInterval(120)
  while Date() < deadline {
    if (try? String(contentsOfFile: file, encoding: .utf8))?.contains(text) ?? false { return }
    usleep(50_000)
  }
  Issue.record("\"\(text)\" was not said in two minutes: \((try? String(contentsOfFile: file, encoding: .utf8)) ?? "")")
}

/// Expects that a command prints exactly this refusal on standard error and nothing on standard output, and changes no host.
func refused(
  _ place: Workplace, _ words: [String], _ expected: String, code: Int32 = 2, environment: [String: String] = [:],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let run = try place.run(words, environment)
  expectText(place.relative(run.err), expected, sourceLocation: sourceLocation)
  #expect(run.code == code && run.out == "", "exit \(run.code): \(run.out)", sourceLocation: sourceLocation)
  #expect(!place.exists("hosts"), "a host was touched", sourceLocation: sourceLocation)
}
