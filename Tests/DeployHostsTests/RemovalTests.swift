import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

/// The removal of an application from a host, in every shell.
@Suite("Removals on hosts")
struct RemovalTests {
  private func deployed(_ ground: Ground) async throws -> Release {
    let release = try ground.store.bundle(ReleaseTests.tree(ground))
    #expect(await ground.perform(1, Ground.ask("t1", fence: 1)).failure == nil)
    for (number, operation) in [DeployModel.Operation.stage(release), .activate(release.id)].enumerated() {
      #expect(await ground.perform(2 + number, operation).failure == nil)
    }
    return release
  }

  private func names(_ ground: Ground, _ path: String = "") -> [String] {
    Ground.sh("ls -A '\(ground.path)/\(path)' 2>/dev/null").split(separator: "\n").map(String.init)
  }

  @Test("what has no manifest, a link and what lies behind links stay and are named", arguments: Shell.here)
  func foreign(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    _ = Ground.sh(
      """
      cd '\(ground.path)' && mkdir -p releases/2024 appspec ../data && echo old >releases/2024/f && echo x >../data/f &&
      ln -s ../data shared && ln -s ../data 'releases/a link' && echo n >.hidden && ln -s nowhere dangling
      """)
    let outcome = await ground.perform(10, .remove(shared: true))
    #expect(outcome.failure == nil, "\(outcome)")
    let said = (outcome.value.list ?? []).compactMap(\.text).sorted()
    #expect(said == [".hidden", "appspec", "dangling", "releases/2024", "releases/a link", "shared"], "\(said)")
    #expect(names(ground, "releases") == ["2024", "a link"] && !Ground.isThere("\(ground.path)/releases/\(release.id)"))
    #expect(Ground.text("\(ground.folder)/srv/data/f") == "x\n" && Ground.text("\(ground.path)/releases/2024/f") == "old\n")
    await ground.end()
  }

  @Test(
    "with the lock goes all that is known of the application but the fence, and the folder is as empty as it was", arguments: Shell.here)
  func forgotten(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = try await deployed(ground)
    _ = Ground.sh("mkdir -p '\(ground.path)/shared/log' '\(ground.path)/appspec/deployment-instructions'")
    #expect(await ground.perform(10, .remove(shared: true)).failure == nil)
    #expect(await ground.perform(11, .unlock(token: "t1")).failure == nil)
    #expect(await ground.perform(12, .unlock(token: "t1")).failure == nil, "asked again, it is done")
    #expect(names(ground) == [".lander"])
    #expect(names(ground, ".lander").filter { !$0.hasPrefix("guard") } == ["fence"])
    #expect(Ground.text("\(ground.path)/.lander/fence") == "1 t1\n")
    #expect(await ground.perform(1, Ground.ask("t0", fence: 0), site: ground.site("d0", fence: 0, token: "t0")).failure?.kind == .fenced)
    await ground.end()
  }

  @Test("a removal that fails says whether anything was taken away: nothing was while current is there", arguments: [Shell.dash, .bash])
  func whole(_ shell: Shell) async throws {
    guard Shell.here.contains(shell) else { return }
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    _ = Ground.sh("cd '\(ground.path)' && ln -s nowhere strange && mv -T current kept && mv -T strange current")
    let refused = await ground.perform(10, .remove(shared: false))
    #expect(refused.failure?.kind == .invalid && refused.leftWhole, "\(refused)")
    _ = Ground.sh("cd '\(ground.path)' && mv -T kept current")
    // The release cannot be moved away after `current` was removed.
    try Data("#!/bin/sh\ncase $* in */trash/*) exit 1 ;; esac\nexec /bin/mv \"$@\"\n".utf8)
      .write(to: URL(fileURLWithPath: "\(ground.folder)/bin/mv"))
    _ = Ground.sh("chmod 755 '\(ground.folder)/bin/mv'")
    let broken = await ground.perform(11, .remove(shared: false))
    #expect(broken.failure?.kind == .notPermitted && !broken.leftWhole, "\(broken)")
    #expect(!Ground.isThere("\(ground.path)/current") && Ground.isThere("\(ground.path)/releases/\(release.id)"))
    await ground.end()
  }

  @Test("a removal that is killed at any of its steps is finished by the next one", arguments: Shell.here, 1...6)
  func killed(_ shell: Shell, _ step: Int) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    _ = Ground.sh("mkdir -p '\(ground.path)/shared/log' && echo x >'\(ground.path)/notes'")
    // `mv` and `rm` count their calls, and kill their caller at the call with the number `step`.
    let calls = "\(ground.folder)/calls"
    for tool in ["mv", "rm"] where shell == .dash || shell == .bash {
      let text = """
        #!/bin/sh
        [ ! -e '\(calls)' ] || { echo x >>'\(calls)'; [ $(wc -l <'\(calls)') != \(step) ] || kill -9 $PPID; }
        exec /bin/\(tool) "$@"

        """
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(ground.folder)/bin/\(tool)"))
      _ = Ground.sh("chmod 755 '\(ground.folder)/bin/\(tool)'; touch '\(calls)'")
    }
    // If the outcome was lost, the removal was repeated at once.
    await ground.perform(10, .remove(shared: true))
    if shell == .dash || shell == .bash {
      #expect((Ground.text(calls) ?? "").split(separator: "\n").count >= step, "nothing ended it")
    }
    _ = Ground.sh("rm -f '\(calls)'")
    let second = await ground.perform(11, .remove(shared: true))
    #expect(second.failure == nil && second.value == .list([.text("notes")]), "\(second)")
    #expect(await ground.perform(12, .unlock(token: "t1")).failure == nil)
    #expect(names(ground) == [".lander", "notes"] && !Ground.isThere("\(ground.path)/releases/\(release.id)"))
    #expect(names(ground, ".lander").filter { !$0.hasPrefix("guard") } == ["fence"])
    await ground.end()
  }
}
