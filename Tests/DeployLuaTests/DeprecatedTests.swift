import DeployModel
import Testing

@testable import DeployLua

@Suite("What is deprecated")
struct DeprecatedTests {
  private static let words = "schema { url = schema.string {}, address = schema.string { deprecated = \"use url\" } }"
  private static let manifest = """
    return { name = "chat", version = "1.0.0", api = 1,
      options = { url = { kind = "string" }, address = { kind = "string", deprecated = "use url" } } }
    """
  private static let main = """
    local chat = require "chat"
    local one = chat { url = "http://a" }
    local two = chat {
      address = "http://b",
    }
    recipe "web" { path = "/srv/web" }
    """

  @Test("each use of a plugin's deprecated option is a warning at the recipe's line", arguments: [true, false])
  func option(_ isInManifest: Bool) throws {
    let files = [
      "plugins/chat/plugin.lua": isInManifest ? Self.manifest : "return { name = \"chat\", version = \"1.0.0\", api = 1 }",
      "plugins/chat/init.lua": (isInManifest ? "" : "local options = \(Self.words)\n") + "return function(given) return options(given) end",
    ]
    let warnings = try load(Self.main, files: files).project.warnings
    #expect(warnings.map(\.message) == ["option \"address\" of chat is deprecated"])
    #expect(warnings.first?.place == SourcePlace(file: "deploy.lua", line: 4) && warnings.first?.fix == "use url")
    let vocabulary = try Vocabulary(reading: ["chat"]) { files[$0] ?? Shipped.text($0) }
    let page = Reference(vocabulary).files.map(\.text).joined()
    #expect(page.contains("| `address` | a string |  | **Deprecated: use url.** |"))
    #expect(
      ReferenceIndex(vocabulary).options(of: "chat").first?.lines.contains { $0.contains("a string; deprecated: use url") } == true)
  }

  @Test("the warning names the option's line if the call stands in another table, or on the line of another call")
  func inner() throws {
    let files = ["plugins/chat/plugin.lua": Self.manifest, "plugins/chat/init.lua": "return function(given) return options(given) end"]
    let main = """
      local chat = require "chat"
      local all = { one = { chat {
        url = "http://a",
        address =
          "http://b",
      } } }
      recipe "web" { path = "/srv/web" }
      """
    let warnings = try load(main, files: files).project.warnings
    #expect(warnings.map(\.place) == [SourcePlace(file: "deploy.lua", line: 4)])
  }

  @Test("each use of a deprecated field of a word is a warning at the recipe's line")
  func field() throws {
    let plain = "{ \"params\", \"record\", \"values of the recipe's parameters for this group\" }"
    let old = plain.replacing(" }", with: ", deprecated = \"use vars\" }")
    let files = Prelude.files.map { file in
      file.path == "prelude/words/group.lua" ? SourceFile(path: file.path, text: file.text.replacing(plain, with: old)) : file
    }
    var loader = try SourceLoader(prelude: PinnedPrelude(in: files), limits: LuaLimits()) { _ in nil }
    let main = "group \"web\" {\n  hosts = { \"web1\" },\n  params = {},\n}\ngroup \"db\" { hosts = { \"db1\" } }\n"
    let described = try loader.load(SourceFile(path: "deploy.lua", text: main), checks: true)
    let warnings = ProjectReader(lines: FieldLines(loader.files)).warnings(described)
    #expect(warnings.map(\.message) == ["params of group \"web\" is deprecated"])
    #expect(warnings.first?.place?.line == 3 && warnings.first?.fix == "use vars")
  }

  /// A vocabulary in which `host:run`, `stage.rollout`, and `timeout` of `host:wait_for` are deprecated.
  private static func vocabulary() throws -> Vocabulary {
    var vocabulary = try Vocabulary()
    for index in vocabulary.words.indices {
      switch vocabulary.words[index].name {
      case "host:run": vocabulary.words[index].deprecated = "use host:try"
      case "fail": vocabulary.words[index].deprecated = "use error"
      case "host:wait_for":
        for field in vocabulary.words[index].fields.indices where vocabulary.words[index].fields[field].name == "timeout" {
          vocabulary.words[index].fields[field].deprecated = "use within"
        }
      default: break
      }
    }
    return vocabulary
  }

  @Test("each use of a deprecated word, or of its deprecated option, in a function is a warning at its line")
  func word() throws {
    let text = """
      recipe "web" { on = { ValidateService = function(host)
        host:run "bin/a"
        host:wait_for { port = 80, timeout = "5s" }
        if not host:try("bin/b").ok then fail "no" end
      end } }
      """
    let warnings = WordUse.warnings(in: Tokenizer.tokens(of: text), of: "deploy.lua", by: WordBook(try Self.vocabulary()))
    #expect(
      warnings.map { "\($0.place?.description ?? ""): \($0.message); \($0.fix ?? "")" } == [
        "deploy.lua:2: host:run is deprecated; use host:try", "deploy.lua:3: timeout of host:wait_for is deprecated; use within",
        "deploy.lua:4: fail is deprecated; use error",
      ])
    #expect(WordUse.warnings(in: Tokenizer.tokens(of: text), of: "deploy.lua").isEmpty)
  }

  @Test("the reference, its lookup and the stub for editors say what is deprecated")
  func told() throws {
    let vocabulary = try Self.vocabulary()
    let page = Reference(vocabulary).files.map(\.text).joined()
    #expect(page.contains("*deprecated: use host:try*"))
    #expect(page.contains("**Deprecated: use within.** the longest time that all checks together may take"))
    let index = ReferenceIndex(vocabulary)
    #expect(index.entries(named: "host:run").first?.lines.contains { $0.hasPrefix("deprecated: use host:try") } == true)
    #expect(index.entries(named: "host:wait_for.timeout").first?.lines.contains("Deprecated: use within") == true)
    let stub = EditorStub(vocabulary).lines.joined(separator: "\n")
    #expect(
      stub.contains("---Deprecated: use error\n---@deprecated\n---@param format string\n---@param ... any\nfunction fail(format, ...) end"))
    #expect(stub.contains("  ---@deprecated\n  ---@type (string|number)?\n  options.timeout = nil\nend"))
    #expect(!stub.contains("---@field timeout? string|number the longest time that all checks together may take, default \"60s\""))
  }
}
