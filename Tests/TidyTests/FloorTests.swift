import Testing

/// A room imports only from lower floors.
@Suite struct FloorTests {
  /// For each room, the rooms and the packages that it may import. System libraries are free, except on the lowest floors.
  static let floors: [(room: String, ours: [String], theirs: [String])] = [
    ("DeployModel", [], []),
    ("DeployCore", ["DeployModel"], []),
    ("DeployLua", ["DeployCore", "DeployModel", "CLua"], ["Crypto", "Yams"]),
    ("DeployGround", ["DeployModel"], []),
    ("DeployHosts", ["DeployCore", "DeployModel", "DeployGround", "CZlib"], ["Crypto"]),
    ("DeployStore", ["DeployCore", "DeployModel", "DeployGround", "CZlib"], ["GRDB", "Crypto"]),
    ("DeployAppSpec", ["DeployCore", "DeployModel"], ["Yams"]),
    ("DeploySimulation", ["DeployCore", "DeployModel"], []),
    ("DeployEngine", ["DeployCore", "DeployModel"], []),
    ("DeployReport", ["DeployCore", "DeployModel"], []),
    ("DeployDesk", ["DeployModel", "DeployCore", "DeployEngine", "DeploySimulation"], []),
    ("lander", rooms + ["CLineEdit"], ["ArgumentParser"]),
  ]
  static let rooms = [
    "DeployModel", "DeployCore", "DeployGround", "DeployLua", "DeployHosts", "DeployStore", "DeployAppSpec", "DeploySimulation",
    "DeployEngine", "DeployReport", "DeployDesk",
  ]
  static let system = [
    "Foundation", "FoundationEssentials", "Glibc", "Musl", "Dispatch", "Synchronization", "SystemPackage", "System",
  ]
  static let imports = Pattern(
    #"^\s*(?:@\w+\s+)*(?:package |public |internal |private |fileprivate )?import (?:struct |enum |class |func )?(\w+)"#)

  let tree = SourceTree.here

  @Test("every room imports only what its floor allows", arguments: floors.map(\.room))
  func allowed(room: String) throws {
    let floor = try #require(Self.floors.first { $0.room == room })
    for file in tree.swift(under: "Sources/" + room) {
      for found in Self.imports.matches(in: Blanked(file.text).text) {
        let fine = floor.ours + floor.theirs + (room == "DeployModel" || room == "DeployCore" ? [] : Self.system)
        let advice = "\(room) may import \(fine.joined(separator: ", "))"
        #expect(fine.contains(found.found), "\(file.path):\(found.line) imports \(found.found): \(advice)")
      }
    }
  }

  @Test("every room of the package stands on a floor, and depends on nothing that its floor may not import")
  func package() {
    let names = ["crypto": "Crypto", "grdb": "GRDB", "argumentParser": "ArgumentParser", "yams": "Yams"]
    for found in Pattern(#"^ *room\(("\w+"(?:, on: \[[^\]]*\])?)"#).matches(in: tree.package) {
      let words = found.found.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init).filter { $0 != "on" }
      guard let floor = Self.floors.first(where: { $0.room == words[0] }) else {
        Issue.record("Package.swift has the room \(words[0]), which stands on no floor: say in FloorTests and docs/architecture.md where")
        continue
      }
      for word in words.dropFirst() {
        let module = names[word] ?? word
        #expect((floor.ours + floor.theirs).contains(module), "Package.swift lets \(words[0]) depend on \(module), which its floor forbids")
      }
    }
  }

  @Test("every folder of sources and of tests is a target of the package")
  func folders() {
    let folders = Set(tree.files.filter { $0.isSwift && ($0.path.hasPrefix("Sources/") || $0.path.hasPrefix("Tests/")) }.map(\.room))
    for folder in folders.sorted() {
      #expect(tree.package.contains("\"\(folder)\""), "\(folder) is in no target of Package.swift: add it or delete it")
    }
  }
}
