import Testing

/// The command line only parses, calls the desk and shows results. Code that decides prints nothing, and code that prints decides nothing.
@Suite struct FaceTests {
  let tree = SourceTree.here
  static let root = "Sources/lander/"
  /// Code that writes for people.
  static let printing = Pattern(#"\bterminal\.(?:say|tell|warn)\b|\bTerminal\b|\bprint\(|\bSTD(?:OUT|ERR)_FILENO\b|\bSurface\b"#)
  /// Code that decides about deployments or calls a port.
  static let deciding = Pattern(
    #"\b(?:Planner|RollbackPlanner|Simulation|Deployments|Deployer|Rollout|Conductor)\b|\bSelection[.(]"#
      + #"|\.ports\b|\.transport\b|\.journal\.(?:claim|append|verify)\("#)

  private func findings(of pattern: Pattern, in file: SourceTree.File) -> [(line: Int, found: String)] {
    pattern.matches(in: Blanked(file.text).text).map { ($0.line, $0.found) }
  }

  @Test("only Wiring imports the ground, the engine, transports, store, simulator and Lua in the room lander")
  func imports() {
    let closed = ["DeployGround", "DeployEngine", "DeployHosts", "DeployStore", "DeployLua", "DeploySimulation"]
    for file in tree.swift(under: "Sources/lander") where !file.path.hasPrefix(Self.root + "Wiring/") {
      for found in FloorTests.imports.matches(in: Blanked(file.text).text) where closed.contains(found.found) {
        Issue.record("\(file.path):\(found.line) imports \(found.found): make it a verb of the desk, and hand the port in from Wiring")
      }
    }
  }

  @Test("the room lander has its files in Commands, Options, Signals, Terminal and Wiring")
  func folders() {
    for file in tree.swift(under: "Sources/lander") where file.path != Self.root + "Lander.swift" {
      let folder = file.path.dropFirst(Self.root.count).prefix { $0 != "/" }
      #expect(["Commands", "Options", "Signals", "Terminal", "Wiring"].contains(folder), "\(file.path) stands in no folder of the room")
    }
  }

  @Test("a command is one file of at most 90 lines, and refuses nothing itself")
  func commands() {
    for file in tree.swift(under: "Sources/lander/Commands") {
      #expect(file.lines.count <= 91, "\(file.path) has \(file.lines.count - 1) lines: what it decides belongs to the desk (at most 90)")
      let verbs = Pattern(#"^struct \w+: (?:Verb|AsyncParsableCommand)\b"#).matches(in: file.text)
      #expect(verbs.count <= 1, "\(file.path) has \(verbs.count) commands: give each a file of its own")
      for found in findings(of: Pattern(#"\bProblems?\("#), in: file) {
        Issue.record("\(file.path):\(found.line) makes a problem of its own: refuse where it is decided")
      }
    }
  }

  @Test("no file of the command line both decides and prints")
  func apart() {
    for file in tree.swift(under: "Sources/lander") {
      let (prints, decides) = (findings(of: Self.printing, in: file), findings(of: Self.deciding, in: file))
      guard let printed = prints.first, let decided = decides.first else { continue }
      Issue.record("\(file.path) prints in line \(printed.line) and decides in line \(decided.line) (\(decided.found)): decide in the desk")
    }
    for file in tree.swift(under: "Sources/lander/Wiring") {
      for found in findings(of: Self.printing, in: file) {
        Issue.record("\(file.path):\(found.line) has `\(found.found)`: Wiring puts parts together and shows nothing")
      }
    }
  }

  @Test("the desk prints nothing, returns no exit code, and asks the system for nothing itself")
  func desk() {
    let system = Pattern(#"\bExitCode\b|\bexit\(|\bisatty\b|^import (?:Glibc|Musl|Foundation|FoundationEssentials|Dispatch)\b"#)
    for file in tree.swift(under: "Sources/DeployDesk") {
      for pattern in [Self.printing, system] {
        for found in findings(of: pattern, in: file) {
          Issue.record("\(file.path):\(found.line) has `\(found.found)`: return a value, or ask a port")
        }
      }
    }
  }
}
