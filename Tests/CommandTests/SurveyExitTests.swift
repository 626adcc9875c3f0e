import Foundation
import Testing

/// The exit codes of commands that ask hosts, if Lander's own files on a host are damaged.
@Suite("Exit codes after damage on a host")
struct SurveyExitTests {
  /// What is in the place of a file or a folder.
  enum Damage: String, CaseIterable {
    case link, deadLink, folder, file, pipe, otherOwner, unreadable
  }

  private static let commands = ["status", "hosts", "reap", "verify", "releases"]

  /// Puts the damage in the place of an item of the host's `.lander`. Returns false if it makes no difference there.
  private static func damage(_ path: String, _ kind: Damage) throws -> Bool {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let files = FileManager.default
    switch kind {
    case .otherOwner:
      // Only root can give a file away.
      return geteuid() == 0 && path.hasSuffix(".lander") && chown(path, 65534, 65534) == 0
    case .unreadable: return geteuid() != 0 && path.hasSuffix(".lander") && chmod(path, 0) == 0
    case .folder where !isThere || isFolder.boolValue, .file where !isFolder.boolValue: return false
    default: break
    }
    if isThere { try files.moveItem(atPath: path, toPath: path.replacing(".lander", with: "kept") + ".moved") }
    switch kind {
    case .link: symlink(path.replacing(".lander", with: "kept") + ".moved", path)
    case .deadLink: symlink("/nowhere", path)
    case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .file: #expect(files.createFile(atPath: path, contents: Data("x\n".utf8)))
    default: #expect(mkfifo(path, 0o600) == 0)
    }
    return true
  }

  @Test("a host that answers but whose .lander is damaged is no unreachable host: the code is 21", arguments: Damage.allCases)
  func damaged(_ kind: Damage) throws {
    let place = try Workplace.project(hosts: 1, body: "")
    #expect(try place.lander("deploy").code == 0)
    let app = place.path + "/hosts/h1/srv/app"
    let files = FileManager.default
    for item in ["", "/receipt", "/fence", "/id", "/jobs", "/receipts"] {
      try? files.removeItem(atPath: app + "/kept")
      try files.copyItem(atPath: app + "/.lander", toPath: app + "/before")
      try files.createDirectory(atPath: app + "/kept", withIntermediateDirectories: true)
      if try Self.damage(app + "/.lander" + item, kind) {
        for word in Self.commands {
          let run = try place.lander(word)
          #expect(run.code == 21, "\(kind) \(item): \(word): \(run.everything)")
          #expect(run.everything.contains("/.lander"), "\(kind) \(item): \(word): \(run.everything)")
          #expect(!run.everything.contains("unreachable"), "\(kind) \(item): \(word): \(run.everything)")
        }
      }
      unlink(app + "/.lander")
      _ = try? files.removeItem(atPath: app + "/.lander")
      try files.moveItem(atPath: app + "/before", toPath: app + "/.lander")
    }
    for word in Self.commands { #expect(try place.lander(word).code == 0, "\(word)") }
  }

  @Test("an unreachable host counts more than a damaged one: the code is 20")
  func unreachable() throws {
    let place = try Workplace.project(hosts: 1, body: "")
    #expect(try place.lander("deploy").code == 0)
    try place.write(
      try place.text("deploy.lua").replacing("host \"h1\"", with: "host \"gone\" { address = \"127.0.0.1\", port = 1 }, host \"h1\""),
      to: "deploy.lua")
    for isDamaged in [false, true] {
      let receipt = place.path + "/hosts/h1/srv/app/.lander/receipt"
      if isDamaged { #expect(unlink(receipt) == 0 && symlink("/nowhere", receipt) == 0) }
      for word in Self.commands { #expect(try place.lander(word).code == 20, "\(word)") }
    }
  }
}
