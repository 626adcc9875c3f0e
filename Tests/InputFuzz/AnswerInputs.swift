import DeployCore
import DeployHosts
import DeployModel
import DeployStore
import Foundation
import PlanDrafts

/// Answers of hosts: the real host program runs on this machine, with damaged files in its `.lander` and with tools that print anything.
struct AnswerInputs: InputKind {
  private let folder: String
  private let store: DirectoryBundleStore
  let width = 8

  init() throws {
    folder = try Scratch.folder("answers")
    store = try DirectoryBundleStore(in: StateDirectory(folder + "/state"))
  }

  private static let receipt =
    "8d1e00112233 d-0 3f2a\n" + #"{"actor":"kim@laptop","application":"shop","at":1795260645000,"deployment":"d-0","group":"all","inputs":"#
    + #"{"bundle":"3f2a","parameters":{"n":3},"secrets":[],"shared":[],"sources":"3f2a"},"recipe":"web","release":"#
    + #"{"bundle":"3f2a","id":"8d1e00112233","shared":[]}}"#

  /// The contents of files in `.lander`, and the output of tools.
  private static let seeds: [(name: String, text: String)] = [
    ("srv/.lander/receipt", receipt), ("srv/.lander/receipt.previous", receipt), ("srv/.lander/fence", "7 t0\n"),
    ("srv/.lander/lock/holder", "t0 d-0 1795260645000 7 60 100 boot\nkim@laptop\ndeploy web\n"), ("srv/.lander/order", "8d1e00112233\n"),
    ("srv/.lander/manifests/8d1e00112233", "3f2a\n{\"bundle\":\"3f2a\",\"shared\":[],\"manifest\":{\"items\":[]}}\n"),
    ("srv/.lander/jobs/d-0/1/meta", "7 1795260645000 boot nobody\nmake\n"), ("srv/.lander/jobs/d-0/1/status", "0 exit 0\n1 root x\n"),
    ("srv/.lander/jobs/d-1/3/status", "0 exit 0\n"), ("srv/.lander/jobs/d-1/3/meta", "8 1795260645000 boot nobody\nmake\n"),
    ("fake/stat", "12\n"), ("fake/date", "1795260645000\n"), ("fake/nproc", "2\n"), ("fake/readlink", "releases/8d1e00112233\n"),
    ("fake/uname", "Linux\n"), ("fake/id", "0\n"), ("fake/wc", "3\n"), ("srv/file", "content\n"),
  ]
  private static let words = [
    "\n", "\t", " ", "-", "J done", "exit", "timeout", "holder\t", "receipt ", "0 0", "{", "}", "null", "release ",
  ]

  func input(_ seed: UInt64) -> [UInt8] {
    var chance = Chance(seed)
    var bytes: [UInt8] = []
    for _ in 0...chance.below(3) {
      let number = chance.below(Self.seeds.count)
      let text =
        chance.happens(1, in: 3) && number >= 10
        ? Array(chance.pick(Mutator.numbers).utf8) : Mutator.text(Array(Self.seeds[number].text.utf8), Self.words, &chance)
      bytes += [UInt8(number), UInt8(text.count & 0xFF), UInt8(text.count >> 8 & 0xFF), UInt8(text.count >> 16 & 0xFF)] + text
    }
    return bytes
  }

  private func place(_ input: [UInt8], in slot: String) throws {
    try? FileManager.default.removeItem(atPath: slot)
    for (name, text) in Self.seeds where !name.hasPrefix("fake/") { try put(Array(text.utf8), "\(slot)/\(name)") }
    try FileManager.default.createDirectory(atPath: "\(slot)/srv/releases/8d1e00112233", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: "\(slot)/srv/current", withDestinationPath: "releases/8d1e00112233")
    var rest = input[...]
    while rest.count >= 4 {
      let head = Array(rest.prefix(4))
      let size = Int(head[1]) | Int(head[2]) << 8 | Int(head[3]) << 16
      let name = Self.seeds[Int(head[0])].name
      try put(Array(rest.dropFirst(4).prefix(size)), "\(slot)/\(name)")
      if name.hasPrefix("fake/") {
        let tool = "\(slot)/bin/\(name.dropFirst(5))"
        try put(Array("#!/bin/sh\ncat '\(slot)/\(name)'\n".utf8), tool)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
      }
      rest = rest.dropFirst(4 + size)
    }
  }

  private func put(_ bytes: [UInt8], _ file: String) throws {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
  }

  func read(_ input: [UInt8], _ seed: UInt64) async throws {
    let slot = "\(folder)/slot-\(seed % UInt64(width))"
    try place(input, in: slot)
    var options = Hosts.Options()
    (options.patience, options.attempts, options.login, options.answer, options.grace) = (
      .seconds(1), 1, .seconds(5), .seconds(5), .seconds(1)
    )
    let hosts = Hosts(options: options, store: store, vault: Vault(NoSecrets()))
    var host = DeployModel.Host(name: "h1", transport: "local")
    host.argv = ["env", "PATH=\(slot)/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "sh"]
    let path = "\(slot)/srv"
    let survey = await hosts.survey(host, at: path, application: "shop", group: "all", shared: ["log/", "env"])
    if case .reached(let state) = survey { _ = state.fence.plus(state.facts.freeBytes) }
    let site = HostSite(host: host, deployment: "d-1", application: "shop", group: "all", path: path, fence: 8, token: "t1")
    let lock = LockRequest(token: "t1", owner: "kim", purpose: "deploy", fence: 8, orphans: .kill)
    let release = Release(id: "8d1e00112233", bundle: SamplePlan.digest, shared: ["log/"])
    let operations: [DeployModel.Operation] = [
      .lock(lock), .run(Command(.shell("echo x; echo y >&2"))), .read(path: "\(path)/file", limit: 100), .stage(release),
      .download(from: "\(path)/file", to: "\(slot)/down"), .upload(from: "\(slot)/srv/file", to: "\(path)/up"), .activate("8d1e00112233"),
      .prune(keep: 1, pinned: []), .sources(SamplePlan.digest), .unlock(token: "t1"),
    ]
    for (number, operation) in operations.enumerated() {
      let intent = Intent(id: number + 1, place: .host(0), operation: operation, timeout: .seconds(3), site: Intent.Site())
      _ = await hosts.perform(intent, at: site) { _ in }
    }
    let question = CommandPart(1, .question, Command(.shell("echo asked")), timeout: .seconds(3))
    let step = AppSpecStep(.event(.install), options: AppSpecOptions())
    let install = Intent(id: 12, place: .host(0), operation: .appspec(step), timeout: .seconds(3), site: Intent.Site())
    _ = await hosts.run(question, of: install, at: site) { _ in }
    await hosts.close()
  }
}

private struct NoSecrets: Secrets {
  func value(of name: String) async throws(Failure) -> String { throw Failure(.missing, "no secret \(name)") }
}
