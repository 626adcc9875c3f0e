import DeployLua
import DeployModel
import DeployReport
import Foundation
import Testing

@testable import DeployDesk

/// Runs the examples of the documents as they are written there.
@Suite("Examples in the documents")
struct DocumentTests {
  /// A block of Lua code, with the line of the document on which it begins.
  private struct Block {
    var text: String
    var line: Int

    /// The file that the block's first line names; nil: the block is a fragment.
    var path: String? {
      text.split(separator: "\n").first.flatMap { line in
        line.wholeMatch(of: /-- ([\w\/.]+\.lua)/).map { String($0.1) }
      }
    }
    var isSpec: Bool { path?.hasSuffix("_spec.lua") ?? (text.hasPrefix("it(") || text.hasPrefix("describe(")) }
  }

  private static func blocks(of document: String) throws -> [Block] {
    var blocks: [Block] = []
    var open: Block?
    let text = try #require(Bench.shipped(document))
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line == "```lua" {
        open = Block(text: "", line: index + 2)
      } else if line == "```", let block = open {
        blocks.append(block)
        open = nil
      } else {
        open?.text += line + "\n"
      }
    }
    return blocks
  }

  /// Returns what `check` finds in a `deploy.lua` and files beside it, in the functions that are rehearsed and in those that are not.
  private static func check(_ text: String, _ files: [String: String]) async throws -> [Problem] {
    let project = LoadedProject(
      folder: "/bench",
      project: try LuaProject.load(main: SourceFile(path: "deploy.lua", text: text), read: { files[$0] ?? Bench.shipped($0) }).project)
    let stage = RehearsalStage(library: LuaShelf(), files: BenchFiles(["dist/index.html": ""])) { SpecBench.identity }
    let played = try await DryRun(project: project, stage: stage).result()
    return played.problems + project.project.warnings
  }

  @Test("every example of docs/strategies.md is a file that check accepts, or tests that pass for the recipe before them")
  func strategies() async throws {
    var (main, files): (String, [String: String]) = ("", [:])
    let blocks = try Self.blocks(of: "docs/strategies.md")
    #expect(blocks.count >= 10)
    for block in blocks {
      let path = try #require(block.path, "docs/strategies.md:\(block.line): the first line names no file")
      if path == "deploy.lua" {
        main = block.text
        #expect(try await Self.check(main, files) == [], "docs/strategies.md:\(block.line)")
      } else if block.isSpec {
        let results = try await SpecBench.results(block.text, main: main, files: files)
        #expect(!results.isEmpty && results.compactMap(\.problem) == [], "docs/strategies.md:\(block.line)")
      } else {
        files[path] = block.text
      }
    }
  }

  @Test("the tests of docs/test-a-recipe.md pass for a recipe as they describe it")
  func tests() async throws {
    let main = """
      group "all" { hosts = { "host[1-4]" } }
      recipe "web" {
        path = "/srv/web", targets = group "all", revision = bundle { from = "dist" },
        stages = {
          stage "make" { run = function() here:run "make dist" end, before = "upload" },
          stage.upload,
          stage "migrate" { run = function(deployment) log("%s", deployment.targets:first():run("bin/migrate").stdout) end },
          stage.rollout,
        },
        on = { ValidateService = function(host) host:wait_for { http = "http://localhost:8080/ready" } end },
      }
      """
    // LabTests run the example of the lab for real.
    let specs = try Self.blocks(of: "docs/test-a-recipe.md").filter { $0.isSpec && !$0.text.contains("\nlab(") }
    #expect(specs.count == 3)
    for block in specs {
      let results = try await SpecBench.results(block.text, main: main)
      #expect(!results.isEmpty && results.compactMap(\.problem) == [], "docs/test-a-recipe.md:\(block.line)")
    }
  }

  @Test(
    "examples that are whole recipes are accepted by check, and fragments are Lua with words that exist",
    arguments: [
      "README.md", "docs/recipes.md", "docs/rollouts.md", "docs/from-capistrano.md", "plugins/http_check/README.md",
      "plugins/haproxy/README.md", "plugins/nginx/README.md", "plugins/notify/README.md", "plugins/prometheus/README.md",
    ])
  func others(document: String) async throws {
    let blocks = try Self.blocks(of: document)
    #expect(!blocks.isEmpty)
    for block in blocks {
      let text = block.text.replacing("…", with: "")
      let found = Self.readings(of: text).enumerated().map { number, reading -> [Problem] in
        do throws(Problems) {
          let warnings = try LuaProject.load(main: SourceFile(path: "deploy.lua", text: reading), read: Bench.shipped).project.warnings
          // The last reading has a description in the place of a function's body, so its warnings do not count.
          return number == 2 ? [] : warnings
        } catch { return error.list }
      }
      #expect(found.contains([]), "\(document):\(block.line): \(found.map { $0.first?.message ?? "" })")
      guard text.contains("\nrecipe \""), found.first == [], text.contains("path ") else { continue }
      #expect(try await Self.check(text, [:]) == [], "\(document):\(block.line)")
    }
  }

  /// Returns the texts of `deploy.lua` that a fragment may belong to: as a file, as fields of a recipe, or as the body of a function.
  private static func readings(of text: String) -> [String] {
    let plugins = ["haproxy", "http_check", "nginx"].map { "local \($0) = require \"\($0)\"\n" }.joined()
    let recipe = "\(plugins)group \"lb\" { hosts = { \"lb1\" } }\nrecipe \"example\" { path = \"/srv/example\","
    return [
      text, "\(recipe)\n\(text)\n}",
      "\(recipe) on_success = function(deployment)\nlocal host, rollout, t, state\nlocal function _()\n\(text)\nend end }",
    ]
  }
}
