import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

/// Releases with folders to which not even their owner may write, deployed by a user who is not root. The tar of busybox cannot unpack such
/// a folder, so these tests use the other shells.
@Suite("Folders that their owner may not write to", .serialized)
struct LockedFolderTests {
  private static let shells = Shell.here.filter { $0 == .dash || $0 == .bash }

  /// Makes a bundle with the folder `ro`, which holds a small file, a large file and a link. - Parameter text: the small file's content.
  private func bundle(_ ground: Ground, _ text: String, mode: String = "555", shared: [String] = []) throws -> Release {
    let source = "\(ground.folder)/\(UUID().uuidString)"
    _ = Ground.sh(
      """
      mkdir -p '\(source)/ro/deep' && cd '\(source)' && head -c 1500000 /dev/zero >ro/large && printf '\(text)' >>ro/large
      printf '\(text)' >ro/small; echo same >ro/same; ln -s same ro/link; echo deep >ro/deep/file; echo other >other
      chmod \(mode) ro/deep ro
      """)
    defer { _ = Ground.sh("chmod -R u+w '\(source)'; rm -rf '\(source)'") }
    return try ground.store.bundle(source, shared: shared)
  }
  private func modes(_ ground: Ground, _ release: Release) -> String {
    let staging = "\(ground.path)/.lander/staging"
    return Ground.sh(
      "cd '\(ground.path)/releases/\(release.id)' && stat -c '%a' ro ro/deep ro/same && cat ro/small && ls -A '\(staging)'")
  }

  @Test(
    "a release follows another one that has them, and both keep their modes", arguments: LockedFolderTests.shells,
    [Placement.Reuse.copy, .link])
  func follows(_ shell: Shell, reuse: Placement.Reuse) async throws {
    let ground = try Ground(shell, unprivileged: true)
    let site = ground.site(reuse: reuse)
    let releases = [
      try bundle(ground, "one"), try bundle(ground, "two"), try bundle(ground, "three", mode: "755"), try bundle(ground, "four"),
    ]
    for (number, release) in releases.enumerated() {
      #expect(await ground.perform(number + 1, .stage(release), site: site).failure == nil, "release \(number)")
    }
    let expected = [("555", "one"), ("555", "two"), ("755", "three"), ("555", "four")].map { "\($0)\n\($0)\n644\n\($1)" }
    #expect(releases.map { modes(ground, $0) } == expected)
    await ground.end()
  }

  @Test("a shared path in such a folder is linked", arguments: LockedFolderTests.shells)
  func shared(_ shell: Shell) async throws {
    let ground = try Ground(shell, unprivileged: true)
    for number in 1...2 {
      let release = try bundle(ground, "\(number)", shared: ["ro/small", "ro/deep/log/"])
      _ = Ground.sh(
        "cd '\(ground.folder)/srv' && mkdir -p shop/shared/ro && echo data >shop/shared/ro/small; chown -R 65534 shop 2>/dev/null")
      #expect(await ground.perform(number, .stage(release)).failure == nil)
      #expect(modes(ground, release) == "555\n555\n644\ndata\n")
      #expect(Ground.sh("cd '\(ground.path)/releases/\(release.id)' && readlink ro/deep/log") == "../../../../shared/ro/deep/log\n")
    }
    await ground.end()
  }

  @Test("an attempt that failed leaves nothing, and the modes of files that releases share do not change")
  func leavesNothing() async throws {
    let ground = try Ground(.dash, unprivileged: true)
    let site = ground.site(reuse: .link)
    let first = try bundle(ground, "one")
    #expect(await ground.perform(1, .stage(first), site: site).failure == nil)
    _ = Ground.sh("chmod 444 '\(ground.path)/releases/\(first.id)/ro/same'")
    // The tree of an attempt that an engine did not end.
    let second = try bundle(ground, "two")
    let left = "\(ground.path)/.lander/staging/\(second.id)"
    _ = Ground.sh(
      """
      mkdir -p '\(left)/tree/ro' && ln '\(ground.path)/releases/\(first.id)/ro/same' '\(left)/tree/ro/same' && chmod 555 '\(left)/tree/ro'
      chown -R 65534 '\(left)' 2>/dev/null
      """)
    #expect(await ground.perform(2, .stage(second), site: site).failure == nil)
    #expect(Ground.sh("stat -c %a '\(ground.path)/releases/\(first.id)/ro/same'; ls -A '\(ground.path)/.lander/staging'") == "444\n")
    #expect(await ground.perform(3, .discard(first.id), site: site).failure == nil)
    #expect(!Ground.isThere("\(ground.path)/releases/\(first.id)"))
    try await until("the trash is removed") { Ground.sh("ls -A '\(ground.path)/.lander/trash' 2>/dev/null").isEmpty }
    await ground.end()
  }
}
