import Foundation
import Testing

/// Acts as GitHub for `action.yml`: replaces each expression between `${{` and `}}`, and runs the script of each step as a runner does.
@Suite("The composite action", .serialized)
struct ActionTests {
  private struct Step {
    var id = ""
    var condition = ""
    var folder = "."
    var variables: [(name: String, value: String)] = []
    var script = ""
  }

  /// Reads the steps and the default inputs of `action.yml`. Understands only the YAML that this file uses.
  private static func steps() throws -> (steps: [Step], defaults: [(name: String, value: String)]) {
    let text = try String(contentsOf: Workplace.checkout.appending(path: "action.yml"), encoding: .utf8)
    var (steps, defaults, input): ([Step], [(String, String)], String) = ([], [], "")
    var (isInSteps, isInScript, isInVariables) = (false, false, false)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let indent = line.prefix { $0 == " " }.count
      let word = line.trimmingCharacters(in: .whitespaces)
      func value(_ name: String) -> String? {
        guard word.hasPrefix(name + ": ") else { return nil }
        return word.dropFirst(name.count + 2).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
      }
      if word == "steps:" { isInSteps = true }
      if !isInSteps {
        if indent == 2, word.hasSuffix(":") { input = String(word.dropLast()) }
        if let given = value("default") { defaults.append((input, given)) }
        continue
      }
      if word.hasPrefix("- id: ") {
        steps.append(Step(id: String(word.dropFirst(6))))
        (isInScript, isInVariables) = (false, false)
      } else if isInScript, indent >= 8 || word.isEmpty {
        steps[steps.count - 1].script += line.dropFirst(8) + "\n"
      } else if word == "run: |" {
        (isInScript, isInVariables) = (true, false)
      } else if word == "env:" {
        isInVariables = true
      } else if isInVariables, indent == 8, let colon = word.firstIndex(of: ":") {
        steps[steps.count - 1].variables.append((String(word[..<colon]), String(word[word.index(colon, offsetBy: 2)...])))
      } else if let folder = value("working-directory") {
        (steps[steps.count - 1].folder, isInVariables) = (folder, false)
      } else if let condition = value("if") {
        steps[steps.count - 1].condition = condition
      }
    }
    return (steps, defaults)
  }

  /// Runs the action with the given inputs.
  /// - Returns: the exit code of each step, by the step's id, and the output of all steps.
  private func run(_ place: Workplace, _ given: [(name: String, value: String)]) throws -> (codes: [String], said: String) {
    let (steps, defaults) = try Self.steps()
    #expect(steps.map(\.id) == ["find", "run", "report"])
    let inputs = defaults.map { name, usual in (name, given.first { $0.name == name }?.value ?? usual) }
    for one in given { #expect(defaults.contains { $0.name == one.name }, "the action has no input \(one.name)") }
    var (outputs, codes, said): ([(String, String)], [String], String) = ([], [], "")
    var hasFailed = false
    func filled(_ text: String) -> String {
      var text = text
      for (name, value) in inputs { text = text.replacing("${{ inputs.\(name) }}", with: value) }
      for (name, value) in outputs { text = text.replacing("${{ steps.\(name) }}", with: value) }
      text = text.replacing("${{ github.action_path }}", with: place.path + "/action").replacing("${{ runner.temp }}", with: place.path)
      #expect(!text.contains("${{"), "nobody fills in \(text)")
      return text
    }
    for step in steps {
      let wantsReport = !(inputs.first { $0.0 == "report" }?.1 ?? "").isEmpty
      // The action has only this one condition.
      if step.condition.isEmpty ? hasFailed : !wantsReport { continue }
      #expect(!step.script.contains("${{"), "inputs would be part of the script")
      try place.write(step.script, to: "step.sh")
      try place.write("", to: "outputs")
      var environment = ["GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_OUTPUT": place.path + "/outputs"]
      for (name, value) in step.variables { environment[name] = filled(value) }
      let folder = filled(step.folder)
      let shell = "cd \"$0\" && exec bash --noprofile --norc -eo pipefail \"$1\""
      let running = try place.start([], environment, through: ["sh", "-c", shell, folder, place.path + "/step.sh"])
      let code = running.wait()
      codes.append("\(step.id) \(code)")
      said += running.everything
      hasFailed = hasFailed || code != 0
      for line in try place.text("outputs").split(separator: "\n") {
        let sides = line.split(separator: "=", maxSplits: 1).map(String.init)
        if sides.count == 2 { outputs.append(("\(step.id).outputs.\(sides[0])", sides[1])) }
      }
    }
    said += outputs.map { "\($0.0)=\($0.1)\n" }.joined()
    return (codes, said)
  }

  @Test("it deploys with arguments that no shell reads, gives its outputs, and writes the report, also of a failure")
  func deploys() throws {
    let place = try Workplace.project(
      hosts: 1, body: "on = { ValidateService = function(host) host:run \"grep -q 1 version\" end },")
    let program = try Workplace.binary().path
    let message = "say $(touch hacked) \"and\" `touch hacked`"
    let good = try run(
      place, [("lander", program), ("arguments", "--message\n\(message)\n\n--label\nwhy=a b\n"), ("report", "page.html")])
    #expect(good.codes == ["find 0", "run 0", "report 0"], "\(good)")
    #expect(good.said.contains("run.outputs.exit=0\n") && good.said.contains("run.outputs.kind=done\n"), "\(good.said)")
    #expect(good.said.contains("run.outputs.deployment=") && !place.exists("hacked"))
    let shown = try place.lander("show", "last").out
    #expect(shown.contains(message) && shown.contains("why=a b"), "\(shown)")
    #expect(try place.text("page.html").contains("succeeded"))
    try place.write("2\n", to: "app/version")
    let bad = try run(place, [("lander", program), ("report", "page.html")])
    #expect(bad.codes == ["find 0", "run 10", "report 0"], "\(bad)")
    #expect(bad.said.contains("run.outputs.exit=10\n") && bad.said.contains("::error file=deploy.lua,line="), "\(bad.said)")
    #expect(try place.text("page.html").contains("failed"))
  }

  @Test("without a program it builds one from its own checkout; a folder without a project is told, and there is no report")
  func builds() throws {
    let place = try Workplace.project(hosts: 1)
    let install = "#!/bin/sh\nmkdir -p \"$1/bin\"\nln -s \(try Workplace.binary().path) \"$1/bin/lander\"\necho built >&2\n"
    try place.write(install, to: "action/scripts/install", mode: 0o755)
    let run = try run(place, [("lander", "no-such-lander"), ("command", "check")])
    #expect(run.codes == ["find 0", "run 0"] && run.said.contains("built"), "\(run)")
    let none = try self.run(try Workplace(), [("lander", try Workplace.binary().path), ("report", "page.html")])
    #expect(none.codes == ["find 0", "run 2", "report 0"] && none.said.contains("There is nothing to report."), "\(none)")
  }
}
