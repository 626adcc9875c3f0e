import Testing

/// The lower floors only decide. They do not act, wait or read the time.
@Suite struct PurityTests {
  let tree = SourceTree.here

  private func forbid(_ pattern: String, in folders: [String], _ advice: String, except: [String] = []) {
    let pattern = Pattern(pattern)
    for file in folders.flatMap({ tree.swift(under: "Sources/" + $0) }) where !except.contains(file.name) {
      for found in pattern.matches(in: Blanked(file.text).text) {
        Issue.record("\(file.path):\(found.line) has `\(found.found)`: \(advice)")
      }
    }
  }

  @Test("model and core never wait, and start no task")
  func waiting() {
    forbid(
      #"\bawait\b|\bTask\b|\bactor [A-Z]|\bDispatchQueue\b"#, in: ["DeployModel", "DeployCore"],
      "say it as an effect; the engine performs it")
    forbid(#"\basync\b"#, in: ["DeployModel"], "nouns do not wait")
    forbid(#"\basync\b"#, in: ["DeployCore"], "only ports may be asynchronous", except: ["Ports.swift", "Mailbox.swift"])
  }

  @Test("model and core use nothing whose order differs from process to process")
  func order() {
    let types = #"\[\s*[A-Z][\w.]*\??\s*:\s*[\[(A-Z][^\]]*\]|\bDictionary\b|\bSet<|\bSet\(|\bHasher\(|\.hashValue\b"#
    forbid(types, in: ["DeployModel", "DeployCore"], "use an array by host number, or one that is sorted")
  }

  @Test("model and core have no clock and no chance")
  func chance() {
    forbid(
      #"\b(?:Date|ContinuousClock|SuspendingClock)\b|\.random\(|\.shuffled\(|\.now\b|\bSystemRandomNumberGenerator\b"#,
      in: ["DeployModel", "DeployCore"], "times come in with events, chance as a seed in the plan")
  }

  @Test("the model has no class, and the core shares no state")
  func classes() {
    forbid(#"^\s*(?:package |public |private )?(?:final )?class \w+"#, in: ["DeployModel"], "make it a struct")
    forbid(#"\bstatic var \w+[^{\n]*$|\bnonisolated\(unsafe\)"#, in: ["DeployModel", "DeployCore", "DeployEngine"], "hand it in instead")
  }

  @Test("an appspec file is read, and an installation planned, without waiting, locks or ports")
  func appSpecPlans() {
    let folders = ["DeployAppSpec/Reading", "DeployAppSpec/Planning"]
    for folder in folders { #expect(tree.swift(under: "Sources/" + folder).count > 9, "Sources/\(folder) is not where this test looks") }
    forbid(
      #"\b(?:async|await|Task|Mutex)\b|\bimport (?:DeployCore|Synchronization|Foundation\w*)\b"#, in: folders,
      "only the folders Running and Review ask a host or a store")
  }

  @Test("the simulation has no real time and no real chance")
  func simulation() {
    forbid(
      #"\bDate\(\)|\bContinuousClock\(\)|\bTask\.sleep\b|\bSystemRandomNumberGenerator\b|\.random\(in: [^,)]*\)"#, in: ["DeploySimulation"],
      "use its virtual clock and its seed")
  }

  @Test("Lua, the report, the engine and the desk start no process and open no connection")
  func doors() {
    forbid(
      #"\bimport Subprocess\b|\bSpawn\.|\bposix_spawn\b|\bfork\(|\bexecv\w*\(|\bpopen\(|\bsystem\(|\bsocket\("#,
      in: ["DeployLua", "DeployReport", "DeployEngine", "DeploySimulation", "DeployStore", "DeployDesk"], "ask for an operation instead")
  }
}
