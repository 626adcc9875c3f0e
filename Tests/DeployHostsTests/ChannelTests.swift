import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Channels", .serialized)
struct ChannelTests {
  @Test("words survive every shell", arguments: Shell.here.filter { $0 != .ssh })
  func quoting(_ shell: Shell) throws {
    for word in ["", "a", "a b", "it's", "$HOME `id` \\ \"", "new\nline", "\r\n", "-n", "~", "*", "ü", "a;b&c|d>(e)"] {
      #expect(
        Ground.sh("\(shell == .busybox ? "busybox sh" : shell.rawValue) -c \(Quoting.word("printf %s " + Quoting.word(word)))") == word)
    }
  }

  @Test("a login shell that prints and takes its time is waited for and not heard")
  func noisy() async throws {
    let ground = try Ground()
    var host = ground.host
    host.argv = ["sh", "-c", "echo Welcome; echo 'You have mail' >&2; sleep 1; echo more; (sleep 1; echo late) & exec sh"]
    let site = HostSite(host: host, deployment: "d1", application: "shop", group: "all", path: ground.path, fence: 1, token: "t")
    let outcome = await ground.run(1, "sleep 2; echo ok", site: site)
    #expect(outcome.failure == nil)
    #expect(outcome.stdout?.text == "ok\n")
    await ground.end()
  }

  @Test("a host without flock guards its truth all the same")
  func unflocked() async throws {
    let ground = try Ground()
    var host = ground.host
    let bin = "\(ground.folder)/few"
    _ = Ground.sh(
      """
      mkdir '\(bin)'
      for d in /usr/bin /bin /usr/sbin /sbin; do
        for f in $d/*; do n=${f##*/}; [ -e '\(bin)'/$n ] || ln -s $f '\(bin)'/$n; done
      done
      rm '\(bin)/flock'
      """
    )
    host.argv = ["env", "PATH=\(bin)", "sh"]
    let site = HostSite(host: host, deployment: "d1", application: "shop", group: "all", path: ground.path, fence: 1, token: "t")
    let engines = (0..<5).map { _ in ground.another() }
    let line = "echo ran >>'\(ground.folder)/ledger'"
    let outcomes = await withTaskGroup(of: Outcome.self) { group in
      for engine in engines { group.addTask { await ground.run(1, line, site: site, by: engine) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.allSatisfy { $0.failure == nil })
    #expect(Ground.text("\(ground.folder)/ledger") == "ran\n")
    // A process that is killed while it holds the guard leaves it behind. The guard must be recognized as free.
    _ = Ground.sh("mkdir -p '\(ground.path)/.lander/guard.d'; echo '999999 1 gone' >'\(ground.path)/.lander/guard.d/pid'")
    #expect(await ground.run(2, "true", site: site).failure == nil)
    for engine in engines { await engine.close() }
    await ground.end()
  }

  @Test("what OpenSSH says becomes a cause with a fix, and only what may pass is tried again")
  func diagnosis() throws {
    let reach = try Reach(DeployModel.Host(name: "web1", address: "10.0.0.1", user: "deploy"), options: .init())
    let cases: [(String, Failure.Kind, String, Bool)] = [
      (
        "No ED25519 host key is known for 10.0.0.1 and you have requested strict checking.\nHost key verification failed.", .unreachable,
        "not known", false
      ),
      (
        "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", .unreachable, "not the one that is known",
        false
      ),
      ("ssh: connect to host 10.0.0.1 port 22: Connection refused", .unreachable, "refused", true),
      ("ssh: connect to host 10.0.0.1 port 22: Connection timed out", .unreachable, "in time", true),
      ("Timeout, server 10.0.0.1 not responding.", .unreachable, "in time", true),
      ("deploy@10.0.0.1: Permission denied (publickey).", .unreachable, "authentication failed", false),
      ("Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures", .unreachable, "too many keys", false),
      ("ssh: connect to host 10.0.0.1 port 22: No route to host", .unreachable, "no route", true),
      ("ssh: Could not resolve hostname web1: Name or service not known", .unreachable, "not resolved", false),
      ("ssh: Could not resolve hostname web1: Temporary failure in name resolution", .unreachable, "not resolved", true),
      ("kex_exchange_identification: read: Connection reset by peer", .unreachable, "too many connections", true),
      ("/home/u/.ssh/config: line 3: Bad configuration option: foo", .invalid, "configuration", false),
    ]
    for (said, kind, cause, passes) in cases {
      let diagnosis = SSHDiagnosis(said, reach: reach)
      #expect(diagnosis.failure.kind == kind, "\(said)")
      #expect(diagnosis.failure.message.contains(cause), "\(said): \(diagnosis.failure.message)")
      #expect(diagnosis.passes == passes, "\(said)")
      #expect(diagnosis.failure.fix?.isEmpty == false)
    }
  }

  @Test("a host that cannot be reached is reported with the cause: refused, unknown key, changed key, wrong key, no name")
  func unreachable() async throws {
    guard Sshd.isInstalled else { return print("SKIPPED: causes of failed connections: no sshd here") }
    let ground = try Ground(.ssh) { $0.attempts = 1 }
    func cause(_ address: String, _ config: String) async throws -> Failure? {
      try config.write(toFile: "\(ground.folder)/c", atomically: true, encoding: .utf8)
      let hosts = ground.another { $0.sshConfig = "\(ground.folder)/c" }
      let survey = await hosts.survey(.init(name: "x", address: address), at: ground.path, application: "a", group: "g", shared: [])
      await hosts.close()
      if case .unreachable(let failure) = survey { return failure }
      return nil
    }
    let good = try #require(Ground.text("\(ground.folder)/ssh/config"))
    #expect(try await cause("lander-test", good) == nil)
    let unknown = good.replacingOccurrences(of: "/ssh/known", with: "/ssh/none")
    #expect(try await cause("lander-test", unknown)?.message.contains("not known") == true)
    _ = Ground.sh(
      """
      cd '\(ground.folder)/ssh' && ssh-keygen -q -t ed25519 -N '' -f other
      sed "s|ssh-ed25519 .*|$(cut -d' ' -f1,2 other.pub)|" known >changed
      """
    )
    let changed = good.replacingOccurrences(of: "/ssh/known", with: "/ssh/changed")
    #expect(try await cause("lander-test", changed)?.message.contains("not the one") == true)
    let stranger = good.replacingOccurrences(of: "/ssh/user", with: "/ssh/other")
    #expect(try await cause("lander-test", stranger)?.kind == .unreachable)
    #expect(try await cause("no-such-name.invalid", good)?.message.contains("not resolved") == true)
    #expect(try await cause("lander-test", good.replacingOccurrences(of: "Port ", with: "Port 1 #"))?.message.contains("refused") == true)
    await ground.end()
  }

  @Test("missing tools and a path that cannot be written are refused by name")
  func unfit() async throws {
    let ground = try Ground()
    var host = ground.host
    let bin = "\(ground.folder)/few"
    _ = Ground.sh(
      """
      mkdir '\(bin)'
      for n in sh id date uname readlink stat env cat dd ls sed nproc grep sync; do ln -s "$(command -v $n)" '\(bin)'/$n; done
      """
    )
    host.argv = ["/usr/bin/env", "PATH=\(bin)", "sh"]
    guard case .unreachable(let failure) = await ground.hosts.survey(host, at: ground.path, application: "a", group: "g", shared: []) else {
      Issue.record("reached")
      return
    }
    #expect(failure.kind == .missing)
    #expect(failure.message.contains("tar, gzip, setsid, sha256sum"))
    // Without dd the shell would take the program's bytes for commands.
    _ = Ground.sh("rm '\(bin)/dd'")
    let other = ground.another()
    guard case .unreachable(let none) = await other.survey(host, at: ground.path, application: "a", group: "g", shared: []) else {
      Issue.record("reached")
      return
    }
    #expect(none.kind == .missing && none.message == "there is no dd on this host", "\(none)")
    await other.close()
    let below = await ground.hosts.survey(ground.host, at: "/etc/hostname/shop", application: "a", group: "g", shared: [])
    guard case .reached(let state) = below else {
      Issue.record("not reached: \(below)")
      return
    }
    #expect(state.hindrance?.message == "/etc/hostname is no folder, and a folder belongs there")
    await ground.end()
  }

  @Test("`as` runs a command as that user, and its tree can be ended; an unknown user is refused")
  func users() async throws {
    guard getuid() == 0 else { return print("SKIPPED: commands as another user: not root here") }
    let ground = try Ground()
    _ = Ground.sh("chmod 755 '\(ground.folder)'; mkdir -p '\(ground.path)'")
    let who = Command(.shell("id -un; echo $HOME $LANDER_HOST; cat; umask"), input: "given\n", user: "nobody")
    let outcome = await ground.perform(1, .run(who))
    #expect(outcome.stdout?.text == "nobody\n/nonexistent h1\ngiven\n0022\n")
    let stubborn = Command(.shell("trap '' TERM; (setsid sleep 300 &); echo on; sleep 300"), user: "nobody")
    #expect(await ground.perform(2, .run(stubborn), timeout: .seconds(1)).failure?.kind == .timeout)
    #expect(Ground.sh("grep -lazF 'LANDER_JOB=\(ground.path)/' /proc/[0-9]*/environ 2>/dev/null").isEmpty)
    #expect(await ground.perform(3, .run(Command(.shell("true"), user: "no-such-user"))).failure?.kind == .missing)
    await ground.end()
  }
}
