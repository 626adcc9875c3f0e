import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

/// A host that is reached over SSH keeps a copy of the host program for later channels.
@Suite("The copy of the host's program", .serialized)
struct ProgramCopyTests {
  /// A folder that is a login user's home, and a program in the place of `ssh` that runs the command with this home.
  private struct Login {
    let folder = Ground.makeFolder()
    let shell: Shell
    var copies: String { "\(folder)/home/.cache/lander" }
    /// The commands of all connections, each with the lines that were sent.
    var sent: String { Ground.text("\(folder)/sent") ?? "" }

    init(_ shell: Shell) throws {
      self.shell = shell
      let path = try Ground.path(for: shell, in: folder)
      _ = Ground.sh("mkdir '\(folder)/home' '\(folder)/srv'")
      // A program that this process itself writes could still be open for writing in a child of another test.
      _ = Ground.sh(
        """
        cat >'\(folder)/ssh' <<'END'
        #!/bin/sh
        for command; do :; done
        exec 3<&0
        mkfifo '\(folder)'/in.$$
        tee -a '\(folder)/sent' <&3 >'\(folder)'/in.$$ 2>/dev/null &
        exec env -i HOME='\(folder)/home' PATH='\(path)' sh -c "$command" <'\(folder)'/in.$$ 3<&-
        END
        chmod +x '\(folder)/ssh'
        """)
    }

    /// Runs a command with a new engine, which opens a new channel. - Returns: what it printed, and the number of bytes that were sent.
    func run(_ line: String, id: Int, adjust: (inout Hosts.Options) -> Void = { _ in }) async -> (text: String?, bytes: Int) {
      let before = size
      var options = Hosts.Options()
      options.ssh = "\(folder)/ssh"
      options.patience = .seconds(5)
      adjust(&options)
      let hosts = Hosts(options: options, store: ShelfStore(folder: folder), vault: Vault(FixedSecrets(values: [:])))
      let site = HostSite(
        host: .init(name: "h1", address: "h1"), deployment: "d1", application: "shop", group: "all", path: "\(folder)/srv/shop", fence: 1,
        token: "t1", reuse: .copy)
      let intent = Intent(
        id: id, place: .host(0), operation: .run(Command(.shell(line))), timeout: .seconds(30), site: .init(release: nil))
      let outcome = await hosts.perform(intent, at: site) { _ in }
      await hosts.close()
      #expect(outcome.failure == nil)
      return (outcome.stdout?.text, size - before)
    }
    private var size: Int { (try? FileManager.default.attributesOfItem(atPath: "\(folder)/sent"))?[.size] as? Int ?? 0 }

    /// Waits until the host has written the copy. - Returns: the path of the copy.
    func copy() async throws -> String {
      try await until("the copy is there") { names.count == 1 }
      return "\(copies)/\(names[0])"
    }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: copies)) ?? []).filter { !$0.hasPrefix(".") } }
    func end() { _ = Ground.sh("rm -rf '\(folder)'") }
  }
  private static let shells = Shell.here.filter { $0 != .ssh }

  @Test("the second channel sends no program, and its requests are answered as before", arguments: shells)
  func second(_ shell: Shell) async throws {
    let login = try Login(shell)
    let first = await login.run("echo one", id: 1)
    let copy = try await login.copy()
    let second = await login.run("echo two", id: 2)
    #expect(first.text == "one\n" && second.text == "two\n")
    #expect(first.bytes > 8000 && second.bytes < 3000, "\(first.bytes), then \(second.bytes) bytes")
    let modes = Ground.sh("stat -c %a '\(copy)' '\(login.copies)'")
    #expect(modes == "600\n700\n")
    login.end()
  }

  @Test("a damaged copy is replaced, and the command runs all the same", arguments: shells)
  func damaged(_ shell: Shell) async throws {
    let login = try Login(shell)
    _ = await login.run("true", id: 1)
    let copy = try await login.copy()
    let whole = try #require(Ground.text(copy))
    let damages = [
      "truncate -s 5000", "truncate -s 0", "sed -i '$d'", "dd if=/dev/zero bs=4096 count=1 conv=notrunc status=none of=", "chmod 000",
      "printf ')\\n' >>", "sed -i 's/l_do() {/l_do() { echo changed;/'",
    ]
    for (number, damage) in damages.enumerated() {
      _ = Ground.sh(damage.hasSuffix("=") ? "\(damage)'\(copy)'" : "\(damage) '\(copy)'")
      #expect(await login.run("echo \(damage.count)", id: 10 + number).text == "\(damage.count)\n", "\(damage)")
      try await until("it is whole again after \(damage)") { Ground.text(copy) == whole || damage.hasPrefix("chmod") }
      _ = Ground.sh("chmod 600 '\(copy)'")
    }
    login.end()
  }

  @Test("a copy that another user could have put there is not read", arguments: shells)
  func foreign(_ shell: Shell) async throws {
    let login = try Login(shell)
    _ = await login.run("true", id: 1)
    let copy = try await login.copy()
    let evil = "\(login.folder)/evil"
    _ = Ground.sh("{ echo 'echo >\(login.folder)/harm'; cat '\(copy)'; } >'\(evil)'")
    // A link in place of the copy, and a link in place of the folder.
    _ = Ground.sh("ln -sf '\(evil)' '\(copy)'")
    #expect(await login.run("echo a", id: 2).text == "a\n")
    let name = login.names[0]
    _ = Ground.sh(
      "cd '\(login.folder)' && mv home/.cache/lander moved && cp evil 'moved/\(name)' && ln -s ../../moved home/.cache/lander")
    #expect(await login.run("echo b", id: 3).text == "b\n")
    if geteuid() == 0 {
      // Files and folders of another user.
      _ = Ground.sh("cd '\(login.folder)' && rm home/.cache/lander && mv moved home/.cache/lander && cp evil '\(copy)'")
      _ = Ground.sh("chown 65534 '\(copy)'")
      #expect(await login.run("echo c", id: 4).text == "c\n")
      _ = Ground.sh("cp '\(evil)' '\(copy)' && chown 0 '\(copy)' && chown 65534 '\(login.copies)'")
      #expect(await login.run("echo d", id: 5).text == "d\n")
    } else {
      print("SKIPPED: the copies of other users: this needs root")
    }
    #expect(!Ground.isThere("\(login.folder)/harm"))
    login.end()
  }

  @Test("a host without a usable home, or with a full folder, works without a copy", arguments: shells)
  func homeless(_ shell: Shell) async throws {
    let login = try Login(shell)
    _ = Ground.sh("mkdir -p '\(login.folder)/home/.cache' && echo file >'\(login.folder)/home/.cache/lander'")
    #expect(await login.run("echo a", id: 1).text == "a\n")
    #expect(await login.run("echo b", id: 2).text == "b\n")
    #expect(Ground.text("\(login.folder)/home/.cache/lander") == "file\n")
    login.end()
  }

  @Test("at most eight copies are kept, and an engine that keeps none sends the program")
  func limits() async throws {
    let login = try Login(.dash)
    _ = Ground.sh("mkdir -p -m 700 '\(login.copies)' && cd '\(login.copies)' && touch 1 2 3 4 5 6 7 8 .9.77")
    let sent = await login.run("echo a", id: 1) { $0.keepsProgram = false }
    #expect(sent.text == "a\n" && sent.bytes > 8000 && login.names.count == 8)
    _ = await login.run("true", id: 2)
    _ = try await login.copy()
    #expect(!Ground.isThere("\(login.copies)/.9.77"))
    login.end()
  }
}
