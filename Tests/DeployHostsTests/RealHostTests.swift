import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("Hosts as the world sets them up", .serialized)
struct RealHostTests {
  /// Returns a host whose login sets variables, as rc files and `/etc/environment` do.
  private func ground(_ shell: Shell, _ variables: [String]) throws -> Ground {
    try Ground(shell, variables: variables)
  }

  private static let nasty = [
    "POSIXLY_CORRECT=1", "TAR_OPTIONS=--exclude=bin --exclude=*.txt", "GZIP=-l", "GREP_OPTIONS=--color=always",
    "QUOTING_STYLE=shell-always",
    "CDPATH=/usr:/tmp", "ENV=/nonexistent/env", "BASH_ENV=/nonexistent/env", "GLOBIGNORE=*", "TMOUT=1", "BLOCK_SIZE=1M",
  ]

  @Test(
    "variables of the login change nothing that Lander's own tools do, and hooks and questions have them",
    arguments: Shell.here.filter { $0 != .ssh })
  func variables(_ shell: Shell) async throws {
    let ground = try ground(shell, Self.nasty)
    let source = ReleaseTests.tree(ground)
    _ = Ground.sh("echo text >'\(source)/notes.txt'")
    let release = try ground.store.bundle(source, shared: ["log/"])
    #expect(await ground.perform(1, .stage(release)).failure == nil)
    #expect(await ground.perform(2, .activate(release.id)).failure == nil)
    #expect(Ground.text("\(ground.path)/current/notes.txt") == "text\n")
    let asked = #"printf '%s|%s|%s|%s' "$TAR_OPTIONS" "$GZIP" "$CDPATH" "$TMOUT"; env | grep -c ^POSIXLY_CORRECT="#
    let said = "--exclude=bin --exclude=*.txt|-l|/usr:/tmp|11\n"
    #expect(await ground.run(3, asked).stdout?.text == said)
    #expect(await ground.part(4, .question, Command(.shell(asked))).outcome.stdout?.text == said)
    // The channel is silent for longer than TMOUT.
    try await Task.sleep(for: .seconds(2))
    let client = await ground.hosts.client(of: ground.host)
    #expect(await ground.run(5, "echo still").stdout?.text == "still\n")
    #expect(await ground.hosts.client(of: ground.host) == client)
    _ = Ground.sh("echo more >'\(source)/more.txt'")
    let next = try ground.store.bundle(source, shared: ["log/"])
    #expect(await ground.perform(6, .stage(next)).failure == nil)
    #expect(await ground.perform(7, .prune(keep: 1, pinned: [])).failure == nil)
    await ground.end()
  }

  @Test("a host whose gzip does not work gets Lander's program as it is", arguments: Shell.here.filter { $0 == .dash || $0 == .bash })
  func gzipless(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = Ground.sh("printf '#!/bin/sh\\nexit 1\\n' >'\(ground.folder)/bin/gzip'; chmod +x '\(ground.folder)/bin/gzip'")
    #expect(await ground.run(1, "gzip -dc </dev/null || echo ran").stdout?.text == "ran\n")
    // This request needs another part of the host program.
    #expect(await ground.perform(2, .exists(path: "/")).failure == nil)
    await ground.end()
  }

  @Test("a value with quotes and line ends reaches hooks as it was", arguments: Shell.here.filter { $0 != .ssh })
  func quotes(_ shell: Shell) async throws {
    let ground = try ground(shell, ["TAR_OPTIONS=it's \"$(touch /tmp/never)\"\n--x 'y'"])
    #expect(await ground.run(1, #"printf %s "$TAR_OPTIONS""#).stdout?.text == "it's \"$(touch /tmp/never)\"\n--x 'y'")
    let none = try Ground(shell)
    #expect(await none.run(1, #"printf %s "${TAR_OPTIONS-unset} ${LANDER_LOGIN-unset}""#).stdout?.text == "unset unset")
    if shell != .bash { #expect(await none.run(2, #"printf %s "${POSIXLY_CORRECT-unset}""#).stdout?.text == "unset") }
    #expect(await none.run(3, "env | grep -c ^POSIXLY_CORRECT=").stdout?.text == "0\n")
    await ground.end()
    await none.end()
  }

  @Test("two names that Unicode takes for the same are two files, in a fresh release and in the next one", arguments: Shell.here)
  func lookalikes(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let source = "\(ground.folder)/v1"
    let make = #"cd '\#(source)' && printf one >"$(printf '\303\251')" && printf two >"$(printf 'e\314\201')" "#
    _ = Ground.sh("mkdir -p '\(source)' && \(make) && mkdir -p \"$(printf 'd\\303\\251')\" \"$(printf 'de\\314\\201')\" && echo x >d*/x")
    _ = Ground.sh("cd '\(source)' && for d in d*; do echo x >\"$d/x\"; done")
    let first = try ground.store.bundle(source)
    #expect(await ground.perform(1, .stage(first)).failure == nil)
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(first.id)") == ReleaseTests.shape(source))
    // Only one of the two files with similar names changes. The other one is copied from the release before.
    _ = Ground.sh("cd '\(source)' && printf three >\"$(printf 'e\\314\\201')\" && echo more >more")
    let second = try ground.store.bundle(source)
    #expect(await ground.perform(2, .stage(second)).failure == nil)
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(second.id)") == ReleaseTests.shape(source))
    await ground.end()
  }

  @Test(
    "a file that nobody may read is delivered, also to a user who is not root, and also in the next release",
    arguments: [Shell.dash, .busybox])
  func unreadable(_ shell: Shell) async throws {
    let ground = try Ground(shell, unprivileged: true)
    let source = "\(ground.folder)/v1"
    _ = Ground.sh("mkdir -p '\(source)' && cd '\(source)' && echo secret >none && echo x >plain && chmod 000 none && chmod 755 .")
    for number in 1...2 {
      let release = try ground.store.bundle(source)
      #expect(await ground.perform(number, .stage(release)).failure == nil)
      #expect(Ground.sh("stat -c %a '\(ground.path)/releases/\(release.id)/none'") == "0\n")
      #expect(await ground.perform(number + 10, .activate(release.id)).failure == nil)
      _ = Ground.sh("echo more >'\(source)/more'")
    }
    await ground.end()
  }

  @Test("what is no regular file is refused instead of read without an end", arguments: [Shell.dash, .busybox], ["pipe", "/dev/zero"])
  func pipes(_ shell: Shell, file: String) async throws {
    let ground = try Ground(shell)
    _ = Ground.sh("mkdir -p '\(ground.path)' && mkfifo '\(ground.path)/pipe'")
    let outcome = await ground.perform(1, .read(path: file, limit: 1000), timeout: .seconds(20))
    #expect(outcome.failure?.kind == .invalid && outcome.failure?.message.contains("is no regular file") == true)
    #expect(await ground.perform(2, .read(path: "/proc/self/status", limit: 1 << 20)).failure == nil)
    await ground.end()
  }

  @Test(
    "a limit on the size of files is told as one, and not as a full disk",
    arguments: [Shell.dash, .bash, .busybox].filter(Shell.here.contains))
  func fileLimit(_ shell: Shell) async throws {
    let ground = try Ground(shell, start: "ulimit -f 64")
    let source = "\(ground.folder)/v1"
    _ = Ground.sh("mkdir -p '\(source)' && head -c 300000 /dev/urandom >'\(source)/big'")
    let failure = await ground.perform(1, .stage(try ground.store.bundle(source))).failure
    #expect(failure?.kind == .noSpace && failure?.message.contains("ulimit -f") == true, "\(failure?.message ?? "none")")
    await ground.end()
  }

  @Test(
    "a fence that no deployment wrote is damage, and no deployment starts above it", arguments: ["9223372036854775807", "-5", "x", "9e9"])
  func fence(text: String) async throws {
    let ground = try Ground()
    _ = Ground.sh("mkdir -p '\(ground.path)/.lander' && echo '\(text) t' >'\(ground.path)/.lander/fence'")
    let survey = await ground.hosts.survey(ground.host, at: ground.path, application: "shop", group: "all", shared: [])
    guard case .unreachable(let failure) = survey else {
      Issue.record("\(survey)")
      return
    }
    #expect(failure.kind == .corrupt && failure.message.contains("fence is damaged") && failure.message.contains("\"\(text)\""))
    await ground.end()
  }
}

@Suite("Users that commands run as, asked for before anything starts", .serialized)
struct UserRefusalTests {
  /// Returns why a host refuses a user. The host's only way to change users is a `sudo` script of the test, also for root.
  private func refusal(sudo: String, user: String = "daemon") async throws -> Failure? {
    let ground = try Ground(.dash, sudo: sudo)
    let failure = await ground.hosts.refusal(of: [user], on: ground.host)
    await ground.end()
    return failure
  }

  @Test("sudo's own sentence and the line for sudoers are told")
  func password() async throws {
    let failure = try await refusal(sudo: "echo 'sudo: a password is required' >&2; exit 1")
    #expect(failure?.kind == .notPermitted && failure?.message.hasSuffix("without a password: sudo: a password is required") == true)
    #expect(failure?.fix?.contains("ALL=(daemon) NOPASSWD: ALL") == true)
  }

  @Test("requiretty is told as what it is")
  func terminal() async throws {
    let failure = try await refusal(sudo: "echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1")
    #expect(failure?.message.hasPrefix("sudo wants a terminal (requiretty)") == true && failure?.fix?.hasSuffix("!requiretty") == true)
  }

  @Test("where sudo lets them, and for oneself, nothing is refused; a user who is not there is")
  func fine() async throws {
    #expect(try await refusal(sudo: "exit 0") == nil)
    #expect(try await refusal(sudo: "exit 1", user: geteuid() == 0 ? "nobody" : Ground.sh("id -un").trimmed) == nil)
    #expect(try await refusal(sudo: "exit 0", user: "nobody-of-that-name")?.message == "there is no user nobody-of-that-name on this host")
  }
}
