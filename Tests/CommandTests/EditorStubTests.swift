import Foundation
import Testing

@Suite("The stub for editors", .enabled(if: StubCheck.tools, StubCheck.skipped))
struct EditorStubTests {
  /// Returns the Lua files below a folder, with absolute paths.
  private static func files(below folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(".lua") && !$0.contains(".luals") }.sorted().map { "\(folder)/\($0)" }
  }

  @Test("nothing is reported about the recipes, strategies, plugins, specs and examples of the repository")
  func shipped() throws {
    let files = ["recipes", "plugins", "examples"].flatMap { Self.files(below: "\(Workplace.checkout.path)/\($0)") }
    #expect(files.count > 25)
    #expect(try StubCheck().reports(files) == [])
  }

  @Test("nothing is reported about what lander init and lander plugin new write", arguments: ["site", "node", "go", "other"])
  func written(_ kind: String) throws {
    let check = try StubCheck()
    try check.place.write("", to: "project/index.html")
    let project = try check.place.lander("init", "project", "--kind", kind)
    #expect(project.code == 0, "\(project.everything)")
    let plugin = try check.place.lander("plugin", "new", "chat")
    #expect(plugin.code == 0, "\(plugin.everything)")
    let files = Self.files(below: check.place.path)
    #expect(files.count >= 4, "\(files)")
    #expect(try check.reports(files) == [])
  }

  /// An example of the reference, as a file of its own.
  private struct Example {
    var word: String
    var text: String
  }

  /// The arguments that the examples of functions use without a declaration.
  private static let around = """
    ---@param host lander.host
    ---@param hosts lander.hosts
    ---@param deployment lander.deployment
    ---@param rollout lander.rollout
    ---@param t lander.t
    ---@param lab lander.lab
    ---@param run lander.played
    return function(host, hosts, deployment, rollout, t, lab, run)

    """

  private static func examples() throws -> [Example] {
    let pages = try FileManager.default.contentsOfDirectory(atPath: Workplace.checkout.appending(path: "docs/reference").path)
    return try pages.sorted().flatMap { page in
      let text = try String(contentsOf: Workplace.checkout.appending(path: "docs/reference/\(page)"), encoding: .utf8)
      return text.components(separatedBy: "\n### ").dropFirst().compactMap(example)
    }
  }

  /// Returns the example in an entry of the reference; nil: it has none.
  private static func example(_ entry: String) -> Example? {
    guard let word = entry.split(separator: "\n").first,
      let code = entry.firstMatch(of: /```lua\n((?:[^`]|`[^`])*?)\n```/).map({ String($0.1) })
    else { return nil }
    let isInside = entry.contains("while a deployment runs*") || entry.contains("*in a test*")
    let isWhole = code.hasPrefix("describe(") || code.hasPrefix("it(") || code.hasPrefix("lab(") || !isInside
    return Example(word: String(word), text: isWhole ? code + "\n" : around + code + "\nend\n")
  }

  @Test("nothing is reported about the examples of the reference")
  func examples() throws {
    let check = try StubCheck()
    let examples = try Self.examples()
    #expect(examples.count > 100)
    for example in examples { try check.place.write(example.text, to: "examples/\(example.word).lua") }
    #expect(try check.reports(examples.map { "examples/\($0.word).lua" }) == [])
  }

  @Test("every word and every object of the reference is in the stub")
  func whole() throws {
    let stub = try StubCheck().place.text(".luals/lander.lua")
    let words = try Self.examples().map(\.word).filter { !$0.hasPrefix("plugin") && !$0.contains("rehearse") }
    for word in words where !["require", "recipe.", "configuration."].contains(where: word.hasPrefix) {
      let isThere = ["function \(word)(", "\(word) = {}"].contains { line in
        stub.split(separator: "\n").contains { $0.drop { $0 == " " }.hasPrefix(line) }
      }
      #expect(isThere, "\(word)")
    }
  }

  /// A mistake, with the line and the sentence that the checker has to report.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int
    var said: String
    var testDescription: String { said }
  }

  private static func hook(_ line: String) -> String {
    "recipe \"web\" {\n  path = \"/srv/web\",\n  on = { AfterInstall = function(host, deployment)\n    \(line)\n  end },\n}\n"
  }

  private static func rolling(_ lines: String) -> String { "strategy \"own\" (function(rollout, options)\n\(lines)\nend)\n" }

  private static let mistakes = [
    Mistake(text: "group \"web\" { hosts = { \"web1\" } }\nrecipee \"web\" {}\n", line: 2, said: "there is no global \"recipee\""),
    Mistake(text: hook("host:runn \"x\""), line: 4, said: "host, of type lander.host, has no member \"runn\""),
    Mistake(text: hook("log.info(host.adress)"), line: 4, said: "host, of type lander.host, has no member \"adress\""),
    Mistake(
      text: hook("local done = host:try \"x\"\n    log.info(done.stdot)"), line: 5,
      said: "done, of type lander.result, has no member \"stdot\""),
    Mistake(text: hook("host.run \"x\""), line: 4, said: "host.run is called with a colon: write host:run(…)"),
    Mistake(text: hook("log.info(json:encode {})"), line: 4, said: "json:encode is called with a dot: write json.encode(…)"),
    Mistake(text: hook("host:run(nil)"), line: 4, said: "command of host:run takes string|string[], got nil"),
    Mistake(text: hook("host:write(\"/a\", nil)"), line: 4, said: "text of host:write takes string|lander.secret, got nil"),
    Mistake(text: hook("http.get(nil)"), line: 4, said: "url of http.get takes string|lander.secret, got nil"),
    Mistake(
      text: rolling("  rollout:wave(nil)"), line: 2, said: "hosts of rollout:wave takes lander.hosts|lander.host|lander.host[], got nil"),
    Mistake(text: rolling("  rollout:watch { during = nil }"), line: 2, said: "during of rollout:watch takes string|number, got nil"),
    Mistake(
      text: "group \"web\" { hosts = { 5 } }\n", line: 1, said: "a member of hosts of group takes string|lander.described_host, got integer"
    ),
    Mistake(
      text: "recipe \"web\" { targets = { group \"web\" } }\n", line: 1,
      said: "a member of targets of recipe takes string|lander.described_host, got lander.group"),
    Mistake(text: hook("host:run()"), line: 4, said: "host:run needs command"),
    Mistake(text: hook("host:link(\"a\", \"b\", \"c\")"), line: 4, said: "host:link takes 2 values, got 3"),
    Mistake(text: hook("host:run(\"x\", { timeot = \"1s\" })"), line: 4, said: "host:run has no field \"timeot\""),
    Mistake(
      text: hook("host:run(\"x\", { on_lost = \"repat\" })"), line: 4,
      said: "on_lost of host:run takes \"fail\"|\"repeat\", got \"repat\""),
    Mistake(
      text: hook("host:service(\"restrat\", \"shop\")"), line: 4, said: "action of host:service takes \"start\"|\"stop\"|\"restart\""),
    Mistake(text: hook("log.info(host.facts.memory)"), line: 4, said: "host.facts, of type lander.facts, has no member \"memory\""),
    Mistake(text: hook("host:run(5)"), line: 4, said: "command of host:run takes string|string[], got integer"),
    Mistake(
      text: hook("host:write(\"/etc/x\", host:exists \"/x\")"), line: 4,
      said: "text of host:write takes string|lander.secret, got boolean"),
    Mistake(
      text: hook("deployment.targets:frist():run \"x\""), line: 4, said: "deployment.targets, of type lander.hosts, has no member \"frist\""
    ),
    Mistake(
      text: hook("for _, one in ipairs(deployment.targets) do one:stop() end"), line: 4,
      said: "one, of type lander.host, has no member \"stop\""),
    Mistake(text: hook("log.inof \"x\""), line: 4, said: "has no member \"inof\""),
    Mistake(
      text: "recipe \"web\" {\n  path = \"/srv/web\",\n  keep = \"five\",\n}\n", line: 3, said: "keep of recipe takes integer, got \"five\""
    ),
    Mistake(
      text: "recipe \"web\" {\n  path = \"/srv/web\",\n  reuse = \"lnik\",\n}\n", line: 3, said: "reuse of recipe takes \"copy\"|\"link\""),
    Mistake(
      text: "recipe \"web\" {\n  on = { AfterInstal = function() end },\n}\n", line: 2, said: "on of recipe has no field \"AfterInstal\""),
    Mistake(
      text: "recipe \"web\" {\n  alarm = { evry = \"1s\", during = \"1h\" },\n}\n", line: 2, said: "alarm of recipe has no field \"evry\""),
    Mistake(text: "recipe \"web\" {\n  strategy = rolling { btach = 1 },\n}\n", line: 2, said: "rolling has no field \"btach\""),
    Mistake(
      text: "recipe \"web\" {\n  strategy = rolling { batch = true },\n}\n", line: 2,
      said: "batch of rolling takes string|integer, got boolean"),
    Mistake(
      text: "recipe \"web\" {\n  targets = group \"web\",\n  revision = group \"web\",\n}\n", line: 3,
      said: "revision of recipe takes string|lander.bundle, got lander.group"),
    Mistake(text: "group \"web\" {\n  user = \"deploy\",\n}\n", line: 1, said: "group needs hosts"),
    Mistake(
      text: rolling("  for batch in rollout.targets:batches \"25%\" do\n    rollout:wave(batch:frist())\n  end"), line: 3,
      said: "batch, of type lander.hosts, has no member \"frist\""),
    Mistake(
      text: rolling("  local outcome = rollout:wave(rollout.targets)\n  log.info(outcome.suceeded)"), line: 3,
      said: "outcome, of type lander.wave, has no member \"suceeded\""),
    Mistake(text: rolling("  rollout:watch { every = \"1s\" }"), line: 2, said: "rollout:watch needs during"),
    Mistake(
      text: "stage \"migrate\" {\n  on = \"host\",\n  run = function(host, deployment) deployment:partnrs() end,\n}\n", line: 3,
      said: "deployment, of type lander.deployment, has no member \"partnrs\""),
    Mistake(
      text:
        "describe(\"web\", function()\n  it(\"holds\", function(t)\n    t:expect(t:deploy(\"web\").staus):equals \"x\"\n  end)\nend)\n",
      line: 3, said: "has no member \"staus\""),
    Mistake(
      text: "local text = read_text \"VERSION\"\nlog.info(text:trim())\n", line: 2, said: "text, of type string, has no member \"trim\""),
  ]

  @Test("a mistake is found at its line", arguments: mistakes)
  func mistake(_ one: Mistake) throws {
    let reports = try StubCheck().reports(text: one.text)
    #expect(reports.contains { $0.hasPrefix("file.lua:\(one.line): ") && $0.contains(one.said) }, "\(reports)")
    #expect(reports.count == 1, "\(reports)")
  }

  @Test("what can be nil is said to be so, and nil is accepted where nothing is needed")
  func nothing() throws {
    let check = try StubCheck()
    let stub = try check.place.text(".luals/lander.lua")
    for field in ["previous? string", "release_path? string", "commit? string", "memory_bytes? integer", "port? integer"] {
      #expect(stub.contains("---@field \(field) "), "\(field)")
    }
    #expect(stub.contains("---@field facts lander.facts "), "a hook runs only on a host that said its facts")
    let text = Self.hook("host:run(\"x\", nil)\n    host:run(\"x\", { timeout = nil })\n    log.info(json.encode(nil))")
    #expect(try check.reports(text: text) == [])
  }

  @Test("what is not known is not reported: results of require, of own functions, and variables that change")
  func unknown() throws {
    let text = """
      local chat = require "chat"
      local own = chat { room = 5 }
      own:tell("a", { b = c_of_mine or 1 })
      c_of_mine = nil
      local host = own.host
      host = host.other
      host:runn "x"
      local function first(list, ...) return list[1] or ... end
      first(own, 1, 2):anything()
      recipe "web" { on = { AfterInstall = own.hook, ValidateService = { own.hook, chat.hook } }, params = own.params }

      """
    #expect(try StubCheck().reports(text: text) == [])
  }

  @Test("a field and a function that are deprecated are reported where they are used")
  func deprecated() throws {
    let check = try StubCheck()
    let more = """

      do
        ---@class lander.options.old
        ---@field new? string
        local options = {}
        ---@deprecated
        ---@type (string)?
        options.old = nil
      end
      ---@deprecated
      ---@param given? lander.options.old
      function older(given) end

      """
    try check.place.write(try check.place.text(".luals/lander.lua") + more, to: ".luals/lander.lua")
    let reports = try check.reports(text: "older {\n  new = \"a\",\n  old = \"b\",\n}\n")
    #expect(reports == ["file.lua:1: older is deprecated", "file.lua:3: old of older is deprecated"])
  }
}
