import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Looking at hosts, and what stands where Lander's own files belong", .serialized)
struct LookingTests {
  private func receipt(_ ground: Ground, _ release: Release) async throws -> Receipt {
    let sources = try await ground.store.keep([SourceFile(path: "deploy.lua", text: "recipe \"web\" {}\n")])
    var receipt = Receipt(
      application: "shop", group: "all", release: release,
      inputs: .init(bundle: release.bundle, sources: sources, parameters: .record([]), shared: [], secrets: []), deployment: "d1",
      recipe: "web", actor: "ann@desk", at: Timestamp(milliseconds: 1))
    receipt.trial = true
    return receipt
  }

  private func deployed(_ ground: Ground) async throws -> Release {
    let release = try ground.store.bundle(ReleaseTests.tree(ground))
    let operations: [DeployModel.Operation] = [
      Ground.ask("t1", fence: 1), .stage(release), .activate(release.id), .record(try await receipt(ground, release)),
    ]
    for (number, operation) in operations.enumerated() {
      let outcome = await ground.perform(number + 1, operation)
      #expect(outcome.failure == nil, "\(operation.verb): \(String(describing: outcome.failure))")
    }
    return release
  }

  @Test(
    "a pipe, a socket, a device or a file of another size in a release is named at once, and nothing of it is read",
    arguments: Shell.here)
  func endless(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    let folder = "\(ground.path)/releases/\(release.id)"
    _ = Ground.sh(
      "cd '\(folder)' && rm key zero && mkfifo key && truncate -s 1T zero && rm ./-rf && mkfifo ./-rf && rm grüße && ln -s /dev/zero grüße")
    _ = Ground.sh(
      "cd '\(folder)' && rm \"$(printf 'new\\nline')\" && mkfifo \"$(printf 'new\\nline')\" && rm binary && truncate -s 1T 'back\\slash'")
    let start = ContinuousClock.now
    let found = try await ground.hosts.verify(ground.host, at: ground.path, current: release.id) { _ in release.bundle }
    let words = found.deviations.map { "\($0.path) \($0.words)" }
    let expected = [
      "-rf is no file any more", "back\\slash has another content", "binary is missing", "grüße is no file any more",
      "key is no file any more", "new\nline is no file any more", "zero has another content",
    ]
    #expect(words == expected)
    #expect(await ground.perform(10, .stage(release)).failure == nil)
    #expect(ContinuousClock.now - start < .seconds(25), "sent again, it is not read either")
    #expect(try await ground.hosts.verify(ground.host, at: ground.path, current: release.id) { _ in release.bundle }.deviations == [])
    await ground.end()
  }

  @Test("verify writes nothing on the host, not even beside the release", arguments: Shell.here)
  func writesNothing(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    let shape = { Ground.sh("cd '\(ground.path)' && find . -exec stat -c '%n %y %z %s' {} + | sort") }
    _ = try await ground.state()
    let before = shape()
    let found = try await ground.hosts.verify(ground.host, at: ground.path, current: release.id) { _ in release.bundle }
    #expect(found.deviations == [] && before.contains("releases"))
    #expect(shape() == before)
    await ground.end()
  }

  @Test(
    "a folder in the place of a file of Lander is named with what moves it, in the survey and before every effect", arguments: Shell.here)
  func blocked(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = try await deployed(ground)
    for name in ["fence", "fence.new", "guard", "receipt", "receipt.previous", "failed", "key", "id", "order", "reserve"] {
      let file = "\(ground.path)/.lander/\(name)"
      _ = Ground.sh("mv '\(file)' '\(ground.folder)/kept' 2>/dev/null; mkdir '\(file)'")
      let hindrance = try await ground.state().hindrance
      #expect(hindrance?.message.contains("\(file) is no file") == true, "\(name): \(String(describing: hindrance))")
      #expect(hindrance?.fix?.contains("mv \(Quoting.word(file)) ") == true)
      let outcome = await ground.run(50, "true")
      #expect(outcome.failure?.kind == .corrupt, "\(name): \(outcome)")
      #expect(outcome.failure?.message == "\(file) is no file, and a file belongs there", "\(outcome)")
      #expect(outcome.failure?.fix == "mv \(file) \(file).found")
      _ = Ground.sh("rmdir '\(file)' && mv '\(ground.folder)/kept' '\(file)' 2>/dev/null")
    }
    #expect(try await ground.state().hindrance == nil)
    await ground.end()
  }

  @Test("a plain file in the place of a folder of Lander is named with what moves it", arguments: Shell.here)
  func file(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = try await deployed(ground)
    for name in ["lock", "jobs", "recipes", "manifests", "entries", "receipts", "once", "queue", "uploads", "inbox", "staging"] {
      let file = "\(ground.path)/.lander/\(name)"
      _ = Ground.sh("mv '\(file)' '\(ground.folder)/kept' 2>/dev/null; echo 1 >'\(file)'")
      let hindrance = try await ground.state().hindrance
      #expect(hindrance?.message == "\(file) is no folder, and a folder belongs there", "\(name): \(String(describing: hindrance))")
      #expect(hindrance?.fix?.contains("mv \(Quoting.word(file)) ") == true)
      let outcome = await ground.run(50, "true")
      #expect(outcome.failure?.message == "\(file) is no folder, and a folder belongs there", "\(outcome)")
      #expect(outcome.failure?.fix == "mv \(file) \(file).found")
      _ = Ground.sh("rm '\(file)' && mv '\(ground.folder)/kept' '\(file)' 2>/dev/null")
    }
    #expect(try await ground.state().hindrance == nil)
    await ground.end()
  }

  /// What must be neither read nor written, each with the command that makes it at `$1`. `$2` is a folder for what a link leads to.
  enum Blocker: String, CaseIterable {
    case pipe = "mkfifo \"$1\""
    case linkToPipe = "rm -f \"$2/pipe\"; mkfifo \"$2/pipe\"; ln -s \"$2/pipe\" \"$1\""
    case linkToDevice = "ln -s /dev/zero \"$1\""
    case linkToFile = "echo 1 >\"$2/file\"; ln -s \"$2/file\" \"$1\""
    case linkNowhere = "ln -s nowhere \"$1\""

    /// Whether a read would wait for it, so that every name is tried. Otherwise, a part of the names is enough.
    var holdsUp: Bool { self == .pipe || self == .linkToPipe }
  }

  /// Expects the survey and the lock of a host to name what is at this path below `.lander`, without waiting for it.
  private func expectNamed(_ name: String, _ ground: Ground, _ comment: String) async {
    let file = "\(ground.path)/.lander/\(name)"
    for attempt in ["survey", "lock"] {
      let start = ContinuousClock.now
      let failure =
        if attempt == "lock" { await ground.perform(60, Ground.ask("t1", fence: 1)).failure } else {
          if case .unreachable(let failure) = await ground.hosts.survey(
            ground.host, at: ground.path, application: "shop", group: "all", shared: [])
          {
            failure
          } else {
            nil as Failure?
          }
        }
      #expect(ContinuousClock.now - start < .seconds(10), "\(comment): \(attempt)")
      let isOfLander = failure?.message.hasPrefix("\(file) is ") == true
      #expect(failure?.kind == .corrupt && isOfLander, "\(comment), \(attempt): \(String(describing: failure))")
      #expect(failure?.fix?.contains(file) == true)
    }
  }

  @Test(
    "a pipe or a link in the place of a file of Lander is named at once, and nothing waits for it",
    arguments: Shell.here, Blocker.allCases)
  func waits(_ shell: Shell, _ blocker: Blocker) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    let names = [
      "fence", "receipt", "receipt.previous", "id", "order", "sequence", "reserve", ".holder", "fence.new", "guard", "lock/holder",
      "lock/awaits", "lock/parked", "once/abc", "queue/0.1.t", "queue/.new", "entries/\(release.id).count", "manifests/\(release.id)",
      "jobs/d1/9/meta", "jobs/d1/9/pid", "jobs/d1/9/status", "receipts/\(release.id)",
    ]
    for (index, name) in names.enumerated() where blocker.holdsUp || index % 4 == 0 {
      let file = "\(ground.path)/.lander/\(name)"
      _ = Ground.sh("mkdir -p '\(file)'; rmdir '\(file)' 2>/dev/null; mv '\(file)' '\(ground.folder)/kept' 2>/dev/null")
      _ = Ground.sh("set -- '\(file)' '\(ground.folder)'; \(blocker.rawValue)")
      await expectNamed(name, ground, "\(name), \(blocker)")
      _ = Ground.sh("rm '\(file)' && mv '\(ground.folder)/kept' '\(file)' 2>/dev/null; rm -rf '\(ground.path)/.lander/jobs/d1/9'")
    }
    #expect(try await ground.state().fence == 1)
    await ground.end()
  }

  @Test("a link in the place of a folder of Lander, and a folder in the place of a file in such a folder, are named", arguments: Shell.here)
  func ledAway(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    for name in ["lock", "jobs", "manifests", "entries", "once", "queue", "staging", "inbox"] {
      let file = "\(ground.path)/.lander/\(name)"
      _ = Ground.sh("mkdir -p '\(file)'; mv '\(file)' '\(ground.folder)/kept'; ln -s '\(ground.folder)/kept' '\(file)'")
      await expectNamed(name, ground, name)
      _ = Ground.sh("rm '\(file)'; mv '\(ground.folder)/kept' '\(file)'")
    }
    let files = [
      "lock/holder", "lock/awaits", "once/abc", ".holder", "entries/\(release.id).count", "receipts/\(release.id)", "queue/0.1.t",
    ]
    for name in files {
      let file = "\(ground.path)/.lander/\(name)"
      _ = Ground.sh("mkdir -p '\(file)'; rmdir '\(file)' 2>/dev/null; mv '\(file)' '\(ground.folder)/kept' 2>/dev/null")
      _ = Ground.sh("mkdir '\(file)'; echo 1 >'\(file)/x'")
      await expectNamed(name, ground, name)
      _ = Ground.sh("rm -r '\(file)'; mv '\(ground.folder)/kept' '\(file)' 2>/dev/null")
    }
    // What Lander itself makes is no such thing: the links of jobs and releases, and whatever a repair moved aside.
    _ = Ground.sh("mkdir -p '\(ground.path)/.lander/aside/r1' '\(ground.path)/.lander/uploads/u1/tree'")
    _ = Ground.sh("cd '\(ground.path)/.lander' && mkfifo aside/r1/1.pipe && ln -s /dev/zero uploads/u1/tree/link && mkdir jobs/d1/8")
    _ = Ground.sh("cd '\(ground.path)/.lander/jobs/d1/8' && ln -s never begun && ln -s lost why && mkfifo pipe.out")
    #expect(try await ground.state().fence == 1)
    await ground.end()
  }

  @Test("a receipt is good at the end also where a hook removed the lock, unless a newer deployment was there", arguments: Shell.here)
  func lockRemoved(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = try await deployed(ground)
    #expect(try await ground.state().receipt?.trial == true)
    _ = Ground.sh("rm -rf '\(ground.path)/.lander/lock'")
    #expect(await ground.perform(20, .unlock(token: "older", good: "d1")).failure == nil)
    #expect(try await ground.state().receipt?.trial == true, "a deployment that is not the last one says nothing")
    #expect(await ground.perform(21, .unlock(token: "t1", good: "d1")).failure == nil)
    let state = try await ground.state()
    #expect(state.receipt != nil && state.receipt?.trial == nil && state.lock == nil)
    await ground.end()
  }

  @Test("releases and shared folders that another user made links are not followed", arguments: Shell.here)
  func linkedPlaces(_ shell: Shell) async throws {
    guard getuid() == 0 else { return print("SKIPPED: links of other users: not root here") }
    let ground = try Ground(shell)
    _ = Ground.sh("mkdir -p '\(ground.path)' '\(ground.folder)/victim' '\(ground.folder)/mine'")
    for name in ["releases", "shared"] {
      let link = "\(ground.path)/\(name)"
      _ = Ground.sh("ln -s '\(ground.folder)/victim' '\(link)' && chown -h nobody '\(link)'")
      let outcome = await ground.perform(1, Ground.ask("t1", fence: 1))
      #expect(
        outcome.failure?.kind == .notPermitted && outcome.failure?.message.contains("\(link) is a link that belongs to nobody") == true)
      _ = Ground.sh("rm '\(link)'")
    }
    let link = "\(ground.path)/shared/a"
    _ = Ground.sh("mkdir '\(ground.path)/shared' && ln -s '\(ground.folder)/victim' '\(link)' && chown -h nobody '\(link)'")
    let tree = ReleaseTests.tree(ground)
    let planted = await ground.perform(2, .stage(try ground.store.bundle(tree, shared: ["a/x/"])))
    #expect(planted.failure?.message.contains("shared/a is a link that belongs to nobody") == true, "\(planted)")
    #expect(Ground.sh("ls '\(ground.folder)/victim'") == "")
    _ = Ground.sh("rm -r '\(ground.path)/shared' && ln -s '\(ground.folder)/mine' '\(ground.path)/shared'")
    #expect(await ground.perform(3, .stage(try ground.store.bundle(tree, shared: ["b/"]))).failure == nil, "a link of one's own is fine")
    #expect(Ground.sh("ls '\(ground.folder)/mine'") == "b\n")
    await ground.end()
  }
}
