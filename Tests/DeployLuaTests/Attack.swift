import DeployCore
import DeployLua
import DeployModel
import Foundation
import Testing

/// A hostile text and its expected end. `Fixtures/attacks/KIND-….lua` contains many of them, each after a line `--- name | end`.
struct Attack: Sendable, CustomTestStringConvertible {
  /// Where a project contains the text.
  enum Kind: String, CaseIterable {
    /// In the body of a hook of the recipe.
    case hook
    /// In `init.lua` of a foreign plugin without grants, which returns a hook.
    case plugin
    /// As `deploy.lua`.
    case main
    /// As `plugin.lua` of a plugin.
    case manifest
    /// As `deploy.lock`, with a plugin whose files are correct.
    case lock
    /// As a name that a plugin requires.
    case require
  }

  /// The expected end of an attack.
  enum End: Hashable {
    /// An error contains this text, and no operation ran before.
    case refused(String)
    /// A limit ends the code, and the error names the code's file.
    case stopped
    /// The code does no harm and returns this value, as text.
    case returns(String)
  }

  var kind: Kind
  var file: String
  var name: String
  var end: End
  var text: String
  var testDescription: String { "\(file): \(name)" }

  static let folder = Shipped.root.appending(path: "Tests/DeployLuaTests/Fixtures/attacks")
  /// The names of the files, sorted.
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

/// The result of an attack.
struct Attacked {
  /// The error messages, one for each problem; empty: no error.
  var said: [String] = []
  /// The files that the errors name.
  var files: [String] = []
  var isInternal = false
  var returned: Value?
  /// The operations that the code requested.
  var operations: [DeployModel.Operation] = []
  /// The result of another function of the recipe afterwards; nil: no script was started.
  var afterwards: ScriptResult?
  /// The number of scripts that are left in the Lua state.
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

  /// Runs the hook, then `on_success`, because a Lua state must stay usable whatever a hook did to it.
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
