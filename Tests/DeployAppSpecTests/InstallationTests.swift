import DeployAppSpec
import Foundation
import Testing

@Suite("Installations on a real file system", .serialized)
struct InstallationTests {
  static let names = ["a", "b c", "-d", "*", "$x", "\u{e9}", "e\u{301}", "q'\"", "n\nl", " lead", "tail ", "\\n", "sub", "deep"]

  /// Makes a bundle with a random tree, and an appspec file that installs the tree in parts.
  static func bundle(_ name: String, on host: SandboxHost, _ dice: inout Dice, behavior: String = "DISALLOW") throws {
    func fill(_ folder: String, _ depth: Int) throws {
      try FileManager.default.createDirectory(atPath: host.folder + "/" + folder, withIntermediateDirectories: true)
      for name in names where Int.random(in: 0..<3, using: &dice) == 0 {
        let path = folder + "/" + name
        switch Int.random(in: 0..<6, using: &dice) {
        case 0 where depth < 3: try fill(path, depth + 1)
        case 1:
          let target = ["nowhere", "a", "/etc/hostname"].randomElement(using: &dice) ?? "a"
          try FileManager.default.createSymbolicLink(atPath: host.folder + "/" + path, withDestinationPath: target)
        default:
          let mode = [0o644, 0o755, 0o600, 0o444].randomElement(using: &dice) ?? 0o644
          try host.write("\(name) of \(Int.random(in: 0..<1000, using: &dice))\n", to: path, mode: mode)
        }
      }
    }
    try fill(name + "/data", 0)
    try fill(name + "/more", 1)
    try host.write("one\n", to: name + "/single")
    var mode = "permissions:\n- {object: \(host.folder)/dest/more, mode: 640, type: [file], except: [\"a\"]}\n"
    // A link to a missing file cannot be given a mode.
    let links = try host.shell("find \(name)/more -type l | grep -q .").status == 0
    if links || Bool.random(using: &dice) { mode = "" }
    try host.write(
      """
      version: 0.0
      os: linux
      file_exists_behavior: \(behavior)
      files:
      - {source: data, destination: \(host.folder)/dest/app}
      - {source: single, destination: \(host.folder)/dest/app/deep er}
      - {source: more/, destination: \(host.folder)/dest/more}
      \(mode)
      """, to: name + "/appspec.yml")
  }

  @Test("v1, v2 and v1 again leave the tree of v1, whatever is in the bundles", arguments: 1...12)
  func thereAndBack(seed: Int) async throws {
    let host = try SandboxHost()
    defer { host.remove() }
    var dice = Dice(seed: UInt64(seed))
    try Self.bundle("v1", on: host, &dice)
    try Self.bundle("v2", on: host, &dice)
    try host.write("foreign\n", to: "dest/app/log/today")
    let foreign = try host.snapshot(times: false)
    let first = await host.deploy("v1")
    #expect(first.error == nil, "seed \(seed): \(first.error?.message ?? "")")
    let before = try host.snapshot(times: false)
    #expect(before != foreign)
    let second = await host.deploy("v2", restore: seed % 2 == 0)
    #expect(second.error == nil, "seed \(seed): \(second.error?.message ?? "")")
    #expect(await host.deploy("v1").error == nil)
    #expect(try host.snapshot(times: false) == before, "seed \(seed)")
    try host.write("version: 0.0\nos: linux\n", to: "empty/appspec.yml")
    #expect(await host.deploy("empty").error == nil)
    #expect(try host.snapshot(times: false) == foreign, "seed \(seed): something was left")
  }

  @Test("a failure after any step of an installation is restored, and the next installation succeeds", arguments: 1...6)
  func restored(seed: Int) async throws {
    let host = try SandboxHost()
    defer { host.remove() }
    var dice = Dice(seed: UInt64(seed) + 100)
    try Self.bundle("v1", on: host, &dice)
    try Self.bundle("v2", on: host, &dice, behavior: "OVERWRITE")
    try Self.bundle("v3", on: host, &dice, behavior: "OVERWRITE")
    #expect(await host.deploy("v1").error == nil)
    try host.shell(
      """
      cd dest && mkdir -p app && echo mine >app/foreign && echo keep >app/hard && ln app/hard hard && chmod 600 app/hard
      echo x >elsewhere && ln -sf ../elsewhere app/through && touch -d '2001-02-03 04:05:06.789' app/foreign app/hard
      cd ../v2/data && echo new >foreign && echo new >hard && echo new >through && touch -d '2002-02-03 04:05:06.789' *
      command -v setfacl >/dev/null && setfacl -m u:daemon:rw ../../dest/app/foreign; :
      """)
    let before = try host.snapshot(times: true)
    let list = try host.cleanupList
    var step = 1
    var restored = 0
    repeat {
      host.fail(afterStep: step)
      let report = await host.deploy("v2", restore: true)
      #expect(report.error != nil)
      // Until all old files are kept, nothing has changed, so there is nothing to restore.
      if report.error?.restored != nil { restored += 1 }
      #expect([nil, "the files of the previous revision are back"].contains(report.error?.restored), "step \(step)")
      let found = try host.snapshot(times: true)
      #expect(found == before, "seed \(seed), step \(step) of \(host.lastSteps): \(report.error?.message ?? "")")
      if found != before { print(before, "-----", found) }
      #expect(try host.cleanupList == list, "seed \(seed), step \(step)")
      #expect(try host.shell("ls -d root/g/*/kept root/g/*/way-back root/g/*/paths").status != 0, "step \(step): something is left")
      step += 1
    } while step <= host.lastSteps
    print("seed \(seed): a failure at each of \(step - 1) steps, \(restored) of them restored")
    #expect(restored > 5)
    host.fail(afterStep: 0)
    let report = await host.deploy(seed % 2 == 0 ? "v2" : "v3", restore: true)
    #expect(report.error == nil, "\(report.error?.message ?? "")")
    if seed % 2 == 0 {
      #expect(try String(contentsOfFile: host.folder + "/dest/hard", encoding: .utf8) == "new\n")
      #expect(try String(contentsOfFile: host.folder + "/dest/elsewhere", encoding: .utf8) == "new\n")
    }
    #expect(try host.shell("ls -d root/g/*/kept").status != 0, "what was kept is gone after a success")
  }

  @Test("of thousands of files those of the old revision go, whatever does the removing", arguments: SandboxHost.Userland.allCases)
  func many(userland: SandboxHost.Userland) async throws {
    guard SandboxHost.has(userland) else {
      print("SKIPPED: this machine has no \(userland)")
      return
    }
    let host = try SandboxHost(userland)
    defer { host.remove() }
    for name in ["v1", "v2"] {
      try host.write("version: 0.0\nos: linux\nfiles: [{source: data, destination: \(host.folder)/dest}]\n", to: name + "/appspec.yml")
      try host.shell(
        """
        mkdir \(name)/data; cd \(name)/data && mkdir 1 2 3
        for d in *; do seq 700 | while read n; do echo >$d/$n; echo >$d/$n-\(name); done; done
        """)
      #expect(await host.deploy(name, restore: true).error == nil)
      #expect(
        try host.shell("cmp -s <(cd dest && find . -type f | sort) <(cd \(name)/data && find . -type f | sort)", with: .bash).status == 0)
    }
  }

  @Test("hosts with dash, bash and busybox are all the same", arguments: SandboxHost.Userland.allCases)
  func userlands(userland: SandboxHost.Userland) async throws {
    guard SandboxHost.has(userland) else {
      print("SKIPPED: this machine has no \(userland)")
      return
    }
    var snapshots: [String] = []
    for land in [SandboxHost.Userland.system, userland] {
      let host = try SandboxHost(land)
      defer { host.remove() }
      var dice = Dice(seed: 7)
      try Self.bundle("v1", on: host, &dice, behavior: "OVERWRITE")
      try Self.bundle("v2", on: host, &dice, behavior: "OVERWRITE")
      try host.write("mine", to: "dest/app/q'\"")
      let first = await host.deploy("v2")
      #expect(first.error == nil, "\(userland): \(first.error?.message ?? "")")
      let before = try host.snapshot(times: false)
      host.fail(afterStep: -2)
      let second = await host.deploy("v1", restore: true)
      #expect(second.error?.restored == "the files of the previous revision are back", "\(userland): \(second.error?.message ?? "")")
      #expect(try host.snapshot(times: false) == before, "\(userland)")
      host.fail(afterStep: 0)
      let third = await host.deploy("v1", restore: true)
      #expect(third.error == nil, "\(userland): \(third.error?.message ?? "")")
      snapshots.append(before + (try host.snapshot(times: false)).replacing(host.folder, with: ""))
    }
    let lines = snapshots.map { $0.split(separator: "\n").map(String.init) }
    let differences = lines[1].difference(from: lines[0])
    #expect(differences.isEmpty, "\(userland): \(differences)")
  }

  @Test("what was done is written down as JSON")
  func record() async throws {
    let host = try SandboxHost()
    defer { host.remove() }
    let spec = """
      files: [{source: data, destination: \(host.folder)/dest/app}]
      permissions: [{object: \(host.folder)/dest/app, mode: 640, owner: root}]
      """
    try host.write("version: 0.0\nos: linux\n" + spec, to: "v/appspec.yml")
    try host.write("x", to: "v/data/odd \"name\"")
    #expect(await host.deploy("v").error == nil)
    let data = try Data(contentsOf: URL(fileURLWithPath: host.folder + "/root/deployment-instructions/g-install.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]])
    #expect(json["instructions"]?.map { $0["type"] as? String } == ["mkdir", "copy", "chmod", "chown"])
    #expect(json["instructions"]?[1]["destination"] as? String == host.folder + "/dest/app/odd \"name\"")
  }

  @Test("a failing hook brings the previous files back, and its list with them")
  func hook() async throws {
    let host = try SandboxHost()
    defer { host.remove() }
    let head = "version: 0.0\nos: linux\nfiles: [{source: data, destination: \(host.folder)/dest/app}]\n"
    for (name, hooks) in [("v1", ""), ("v2", "hooks: {ValidateService: [{location: no.sh}]}\n"), ("v3", "")] {
      try host.write(head + hooks, to: name + "/appspec.yml")
      try host.write(name, to: name + "/data/same")
      try host.write(name, to: name + "/data/only-" + name)
      try host.write("#!/bin/sh\nexit 3\n", to: name + "/no.sh", mode: 0o755)
    }
    #expect(await host.deploy("v1").error == nil)
    let before = try host.snapshot(times: true)
    let report = await host.deploy("v2", restore: true, events: nil)
    #expect(report.error?.code == .scriptFailed)
    #expect(try host.snapshot(times: true) == before)
    #expect(await host.deploy("v3", restore: true).error == nil)
    #expect(try host.snapshot(times: true).contains("only-v3"))
    #expect(try !host.snapshot(times: true).contains("only-v1"))
  }

  @Test("a conflict is found before the old files go, where files are restored, and after it, as by the agent, where not")
  func conflict() async throws {
    let host = try SandboxHost()
    defer { host.remove() }
    let head = "version: 0.0\nos: linux\nfiles: [{source: data, destination: \(host.folder)/dest/app}]\n"
    for name in ["v1", "v2"] {
      try host.write(head, to: name + "/appspec.yml")
      try host.write(name, to: name + "/data/" + name)
    }
    #expect(await host.deploy("v1").error == nil)
    try host.write("mine", to: "dest/app/v2")
    let before = try host.snapshot(times: true)
    #expect(await host.deploy("v2", restore: true).error?.category == "file-exists")
    #expect(try host.snapshot(times: true) == before)
    #expect(await host.deploy("v2").error?.category == "file-exists")
    #expect(try host.snapshot(times: false).hasPrefix("./app d"))
    #expect(try !host.snapshot(times: false).contains("v1"))
  }
}
