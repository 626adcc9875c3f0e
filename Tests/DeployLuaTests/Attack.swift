import DeployCore
import DeployLua
import DeployModel
import Foundation
import Testing

/// One hostile text and the end that is defined for it. `Fixtures/attacks/KIND-….lua` holds them one after the other, each below a line
/// `--- name | end`.
struct Attack: Sendable, CustomTestStringConvertible {
  /// Where the text stands.
  enum Kind: String, CaseIterable {
    /// The body of a hook of the recipe.
    case hook
    /// `init.lua` of a plugin from elsewhere that was granted nothing; it gives a hook.
    case plugin
    /// `deploy.lua`.
    case main
    /// `plugin.lua` of a plugin.
    case manifest
    /// `deploy.lock`, with a plugin that reads as it should.
    case lock
    /// A name that a plugin requires, a line.
    case require
  }

  /// What has to come of it.
  enum End: Hashable {
    /// An error says this. Nothing ran before.
    case refused(String)
    /// A limit ended it, and its file is named.
    case stopped
    /// It does no harm, and gives this.
    case returns(String)
  }

  var kind: Kind
  var file: String
  var name: String
  var end: End
  var text: String
  var testDescription: String { "\(file): \(name)" }

  static let folder = Shipped.root.appending(path: "Tests/DeployLuaTests/Fixtures/attacks")
  /// Names of the files, in order.
  static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".lua") }.sorted()
  static let all = files.flatMap(read)

  static func text(of file: String) -> String { (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? "" }

  private static func read(_ file: String) -> [Attack] {
    guard let kind = file.split(separator: "-").first.flatMap({ Kind(rawValue: String($0)) }) else { return [] }
    var found: [Attack] = []
    for line in text(of: file).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("--- "), let bar = line.lastRange(of: " | ") {
        let name = String(line[line.index(line.startIndex, offsetBy: 4)..<bar.lowerBound])
        found.append(Attack(kind: kind, file: file, name: name, end: end(line[bar.upperBound...]), text: ""))
      } else if !found.isEmpty {
        found[found.count - 1].text += line + "\n"
      }
    }
    return found
  }

  private static func end(_ words: Substring) -> End {
    if words == "stopped" { return .stopped }
    if words.hasPrefix("returns ") { return .returns(String(words.dropFirst(8))) }
    return .refused(words.hasPrefix("refused ") ? String(words.dropFirst(8)) : "no end is written")
  }
}

extension Substring {
  fileprivate func lastRange(of part: String) -> Range<String.Index>? { range(of: part, options: .backwards) }
}

/// What came of an attack.
struct Attacked {
  /// What was said, a problem a line; empty: nothing was.
  var said: [String] = []
  /// Files that were named.
  var files: [String] = []
  var isInternal = false
  var returned: Value?
  /// Operations that were asked for.
  var operations: [DeployModel.Operation] = []
  /// What another function of the same recipe gives afterwards; nil: nothing was begun.
  var afterwards: ScriptResult?
  /// Scripts that are left in the state.
  var left = 0

  static let small = LuaLimits(memory: 8 << 20, instructions: 2_000_000, cleanup: 100_000, matching: 200_000)
  private static let fine = "on_success = function() return 'fine' end"

  init(_ attack: Attack) throws {
    do { try attempt(attack) } catch let problems as Problems {
      said = problems.list.map { "\($0.message)" + ($0.fix.map { "; \($0)" } ?? "") }
      files = problems.list.compactMap { $0.place?.file }
      isInternal = problems.exit == .internal
    } catch let problem as Problem { said = [problem.message] }
  }

  private mutating func attempt(_ attack: Attack) throws {
    let plugin = ["plugins/x/plugin.lua": "return { name = 'x', version = '1.0.0', api = 1 }", "plugins/x/init.lua": "return {}"]
    switch attack.kind {
    case .hook: try play(try load(recipe(attack.text, more: Self.fine)))
    case .plugin:
      let main = "recipe 'shop' { path = '/srv/shop', on = { ValidateService = require 'chat' }, \(Self.fine) }"
      try play(try Foreign(capabilities: [], code: attack.text, allow: []).load(main))
    case .main: try play(try load(attack.text))
    case .manifest: _ = try load("require 'x'", files: plugin.merging(["plugins/x/plugin.lua": attack.text]) { $1 })
    case .lock: _ = try Foreign(capabilities: [], code: "return {}").load("require 'chat'", lock: attack.text)
    case .require:
      let name = attack.text.split(separator: "\n").first.map(String.init) ?? ""
      _ = try load("require 'x'", files: plugin.merging(["plugins/x/init.lua": "return require \(name)"]) { $1 })
    }
  }

  /// Runs the hook, then what runs after a deployment: a state has to be of use after whatever a hook did to it.
  private mutating func play(_ project: LuaProject) throws {
    guard let recipe = project.project.recipes.first else { return }
    let plan = Rig.plan(of: recipe, hosts: 2)
    let scripts = try LuaRecipes(plan: plan, sources: [project.sources], limits: Self.small)
    let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: scripts)
    let run = rig.run(try rig.hook(.validateService), on: .host(0)) { _, operation in
      if case .read = operation { .done("text") } else { .done() }
    }
    for request in run.requests { if case .perform(_, let operation, _) = request { operations.append(operation) } }
    if let error = run.result.error {
      said = [error.failure.message]
      files = [error.place?.file].compactMap { $0 }
      isInternal = error.failure.kind == .internal
    }
    returned = run.result.value
    if let other = plan.flow.onSuccess.first { afterwards = rig.run(other, on: .deployment, as: 9000).result }
    left = scripts.count
  }
}
