import Foundation
import Testing

@testable import lander

/// Runs the commands of the tutorials: a console block has `$ command` and the command's output, and a Lua block is written to the file
/// that its first line names. `…` stands for any text, or for any lines if it is alone on a line.
@Suite("Tutorials") struct TutorialTests {
  private struct Step {
    var command: String
    var expected: [Substring]
  }

  private static func steps(of page: String) -> [Step] {
    var steps: [Step] = []
    for block in page.components(separatedBy: "\n```").enumerated() where block.offset % 2 == 1 {
      let lines = block.element.split(separator: "\n", omittingEmptySubsequences: false)
      if lines[0] == "lua", lines.count > 1, lines[1].hasPrefix("-- "), lines[1].hasSuffix(".lua") {
        let file = lines[1].dropFirst(3)
        let text = lines.dropFirst().joined(separator: "\n")
        steps.append(Step(command: "mkdir -p $(dirname \(file)) && cat > \(file) <<'END'\n\(text)\nEND", expected: []))
      }
      guard lines[0] == "console" else { continue }
      for line in lines.dropFirst() {
        if line.hasPrefix("$ ") {
          steps.append(Step(command: String(line.dropFirst(2)), expected: []))
        } else {
          steps[steps.count - 1].expected.append(line)
        }
      }
    }
    return steps
  }

  /// Returns whether a command printed what the page shows.
  private static func fits(_ expected: [Substring], _ printed: [Substring]) -> Bool {
    guard let first = expected.first else { return printed.isEmpty }
    if first == "…" { return (0...printed.count).contains { fits(Array(expected.dropFirst()), Array(printed.dropFirst($0))) } }
    guard let line = printed.first, fits(String(first), String(line)) else { return false }
    return fits(Array(expected.dropFirst()), Array(printed.dropFirst()))
  }

  private static func fits(_ pattern: String, _ line: String) -> Bool {
    let parts = pattern.components(separatedBy: "…")
    guard parts.count > 1 else { return pattern == line }
    guard line.hasPrefix(parts[0]), line.hasSuffix(parts[parts.count - 1]) else { return false }
    return line.count >= parts[0].count + parts[parts.count - 1].count
  }

  @Test("a recipe is written, deployed, rolled back, given a parameter and a task, and tested as docs/tutorials/first-recipe.md says")
  func firstRecipe() throws { try follow("docs/tutorials/first-recipe.md", steps: 21) }

  @Test("a plugin is written, pushed, added, granted, updated, vendored and verified as docs/tutorials/share-a-plugin.md says")
  func sharePlugin() throws { try follow("docs/tutorials/share-a-plugin.md", steps: 25) }

  /// Runs the steps of a page and compares the output of each. Fails if the page has no more than `least` steps.
  private func follow(_ path: String, steps least: Int) throws {
    let place = try Workplace()
    let page = try String(contentsOf: Workplace.checkout.appending(path: path), encoding: .utf8)
    let steps = Self.steps(of: page)
    #expect(steps.count > least)
    let binary = try Workplace.binary()
    let mark = "@@end of a step@@"
    let script = steps.map { "{ \($0.command)\n} 2>&1\necho '\(mark)'\n" }.joined()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", script]
    shell.currentDirectoryURL = place.folder
    shell.environment = [
      "PATH": "\(binary.deletingLastPathComponent().path):/usr/bin:/bin", "HOME": place.path, "LANDER_HOME": Workplace.checkout.path,
    ]
    let pipe = Pipe()
    shell.standardOutput = pipe
    shell.standardError = pipe
    try shell.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    let parts = said.components(separatedBy: mark + "\n")
    #expect(parts.count == steps.count + 1)
    for (step, printed) in zip(steps, parts) {
      let lines = printed.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(Self.fits(step.expected, Array(lines)), "$ \(step.command)\n\(printed)")
    }
  }
}
