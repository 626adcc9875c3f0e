import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("Hosts with other users who want to be more", .serialized)
struct HostileTests {
  private static let isRoot = getuid() == 0
  private func asNobody(_ line: String) {
    _ = Ground.sh("setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c \(Quoting.word(line))")
  }

  @Test(
    "a private folder that another user planted is refused before the first deployment, and nothing in it is run", arguments: Shell.here)
  func planted(_ shell: Shell) async throws {
    guard Self.isRoot else { return print("SKIPPED: folders of other users: not root here") }
    let ground = try Ground(shell)
    let bin = "echo \"$0 $*\" >>'\(ground.folder)/ran'; exit 0"
    _ = Ground.sh("chmod 755 '\(ground.folder)'; mkdir -p '\(ground.path)'; chown nobody '\(ground.path)'; touch '\(ground.folder)/ran'")
    asNobody("mkdir -m 777 '\(ground.path)/.lander'")
    // The planted program has every name that a version of Lander might run.
    for name in ["runner", "program", "runner.sh", "lists"] { asNobody("echo \(Quoting.word(bin)) >'\(ground.path)/.lander/\(name)'") }
    asNobody("mkdir -p '\(ground.path)/.lander/jobs/d1/1'; echo '0 exit 0' >'\(ground.path)/.lander/jobs/d1/1/status'")
    let survey = await ground.hosts.survey(ground.host, at: ground.path, application: "shop", group: "all", shared: [])
    guard case .unreachable(let failure) = survey else {
      Issue.record("a planted folder is believed")
      return
    }
    #expect(failure.kind == .notPermitted)
    #expect(failure.message.contains("\(ground.path)/.lander belongs to nobody, not to root"), "\(failure.message)")
    #expect(failure.fix?.contains("mv \(ground.path)/.lander \(ground.path)/.lander.found") == true)
    let outcome = await ground.run(1, "echo ran >>'\(ground.folder)/ran'; exit 7")
    #expect(outcome.failure?.kind == .notPermitted && outcome.status == nil)
    #expect(Ground.text("\(ground.folder)/ran") == "")
    await ground.end()
  }

  @Test("a private folder that is a link, or that others may write to, is refused with the command that helps", arguments: Shell.here)
  func loose(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let cases = [
      ("ln -s ../real .lander", "is a link"), ("ln -s /nowhere .lander", "is a link"), ("touch .lander", "is no folder"),
      ("mkdir .lander; chmod 777 .lander", "can be written by others"), ("mkdir .lander; chmod 720 .lander", "can be written by others"),
    ]
    for (number, (making, cause)) in cases.enumerated() {
      _ = Ground.sh(
        """
        mkdir -p '\(ground.path)' -m 755; mkdir -p -m 700 '\(ground.folder)/srv/real'
        cd '\(ground.path)' && rm -rf .lander; \(making)
        """)
      let survey = await ground.hosts.survey(ground.host, at: ground.path, application: "shop", group: "all", shared: [])
      guard case .unreachable(let failure) = survey else {
        Issue.record("\(making): believed")
        continue
      }
      #expect(failure.message.contains(cause) && failure.fix?.contains("mv ") == true, "\(making): \(failure)")
      let request = LockRequest(
        token: "t", owner: "a@b", purpose: "deploy", fence: 1, inherits: nil, expects: nil, lease: .seconds(60), orphans: .wait)
      #expect(await ground.perform(number + 1, .lock(request)).failure?.kind == .notPermitted, "\(making)")
    }
    #expect(Ground.sh("ls -A '\(ground.folder)/srv/real'").isEmpty)
    await ground.end()
  }

  @Test(
    "a private folder that is exchanged in the middle of a job is not believed: the job's end is unknown, never a forged one",
    arguments: Shell.here)
  func exchanged(_ shell: Shell) async throws {
    guard Self.isRoot else { return print("SKIPPED: folders of other users: not root here") }
    let ground = try Ground(shell)
    _ = Ground.sh("chmod 755 '\(ground.folder)'; mkdir -p '\(ground.path)'; chown nobody '\(ground.path)'")
    async let outcome = ground.run(1, "touch '\(ground.folder)/begun'; sleep 2; exit 7")
    try await until("the job runs") { Ground.isThere("\(ground.folder)/begun") }
    asNobody(
      """
      cd '\(ground.path)' && mv .lander .old && mkdir -m 777 -p .lander/jobs/d1/1 &&
        cd .lander/jobs/d1/1 && touch out err && echo '0 exit 0' >status
      """)
    let end = await outcome
    #expect(end.status == nil && (end.failure?.kind == .notPermitted || end.failure?.kind == .lost), "\(end)")
    // The job writes to the folder in which it had begun.
    try await until("the job has ended") { Ground.text("\(ground.path)/.old/jobs/d1/1/status") == "7 exit 0\n" }
    await ground.end()
  }

  @Test("no program lies in the private folder: the runner and the functions are what the engine just sent", arguments: Shell.here)
  func sent(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    #expect(await ground.perform(2, .check(.port(1))).failure?.kind == .unhealthy)
    #expect(Ground.sh("grep -rlE 'l_guard|LANDER_JOB' '\(ground.path)/.lander'") == "")
    await ground.end()
  }

  @Test("what is written, linked and uploaded into another user's folder follows no link that is planted meanwhile", arguments: Shell.here)
  func links(_ shell: Shell) async throws {
    guard Self.isRoot else { return print("SKIPPED: folders of other users: not root here") }
    let ground = try Ground(shell, secrets: ["KEY": "s3cr3t-value"])
    let folder = "\(ground.folder)/theirs"
    let victim = "\(ground.folder)/victim"
    _ = Ground.sh(
      """
      chmod 755 '\(ground.folder)'; mkdir '\(folder)' '\(victim)'; chown nobody '\(folder)'
      echo untouched >'\(victim)/file'; chmod 600 '\(victim)/file'; touch '\(ground.folder)/on'; echo new >'\(ground.folder)/source'
      """)
    // A loop that replaces each new name by a link to root's file or folder, as fast as it can.
    let attack = """
      cd '\(folder)'; while [ -e '\(ground.folder)/on' ]; do
        for f in .lander.*; do
          [ ! -L "$f" ] && [ -e "$f" ] && mv "$f" "gone.$f" && { ln -s '\(victim)/file' "$f"; ln -s '\(victim)' "$f"; }
        done
      done 2>/dev/null
      """
    for _ in 0..<2 {
      _ = Ground.sh(
        "timeout 60 setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c \(Quoting.word(attack)) </dev/null >/dev/null 2>&1 &")
    }
    let content = Text(pieces: [.literal("key="), .secret(name: "KEY"), .literal("\n")])
    for number in 0..<8 {
      _ = await ground.perform(number * 3 + 1, .write(path: "\(folder)/conf", content: content, mode: nil, owner: "nobody"))
      _ = await ground.perform(number * 3 + 2, .link(target: "/etc/hostname", path: "\(folder)/link"))
      _ = await ground.perform(number * 3 + 3, .upload(from: "\(ground.folder)/source", to: "\(folder)/up"))
    }
    _ = Ground.sh("rm '\(ground.folder)/on'")
    #expect(Ground.text("\(victim)/file") == "untouched\n")
    #expect(Ground.sh("ls -A '\(victim)'; stat -c '%U %a' '\(victim)' '\(victim)/file'") == "file\nroot 755\nroot 600\n")
    await ground.end()
  }

  @Test(
    "a folder that is uploaded into another user's folder goes through no link there, planted before or meanwhile", arguments: Shell.here)
  func trees(_ shell: Shell) async throws {
    guard Self.isRoot else { return print("SKIPPED: folders of other users: not root here") }
    let ground = try Ground(shell)
    let (folder, victim, source) = ("\(ground.folder)/theirs", "\(ground.folder)/victim", "\(ground.folder)/source")
    _ = Ground.sh(
      """
      chmod 755 '\(ground.folder)'; mkdir -p '\(folder)/t' '\(victim)' '\(source)/sub/deep'; chmod 750 '\(source)/sub'
      for n in $(seq 200); do echo new >'\(source)/sub/f'$n; done; echo new >'\(source)/sub/deep/.hidden'; echo new >'\(source)/top'
      ln -s top '\(source)/link'; echo untouched >'\(victim)/f7'; touch '\(ground.folder)/on'
      ln -s '\(victim)' '\(folder)/t/sub'; chown -hR nobody '\(folder)'
      """)
    let refused = await ground.perform(1, .upload(from: source, to: "\(folder)/t")).failure
    #expect(
      refused?.kind == .notPermitted && refused?.message.hasSuffix("/t/sub is a link where a folder belongs, and is not followed") == true)
    _ = Ground.sh("rm '\(folder)/t/sub'")
    let attack = """
      cd '\(folder)/t'; while [ -e '\(ground.folder)/on' ]; do mv sub gone.$$ && ln -s '\(victim)' sub; rm -rf gone.$$ sub; done 2>/dev/null
      """
    _ = Ground.sh(
      "timeout 60 setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c \(Quoting.word(attack)) </dev/null >/dev/null 2>&1 &")
    for number in 2..<8 { _ = await ground.perform(number, .upload(from: source, to: "\(folder)/t")) }
    _ = Ground.sh("rm '\(ground.folder)/on'; sleep 0.3; rm -rf '\(folder)/t/sub' '\(folder)/t/gone'*")
    #expect(Ground.sh("ls -A '\(victim)'; cat '\(victim)/f7'") == "f7\nuntouched\n")
    // Without an attacker, two uploads must arrive completely, with modes, links and hidden names.
    for number in 8..<10 { #expect(await ground.perform(number, .upload(from: source, to: "\(folder)/t")).failure == nil) }
    #expect(
      Ground.sh("cd '\(folder)/t' && stat -c '%a' sub && readlink link && cat sub/deep/.hidden && ls sub | wc -l") == "750\ntop\nnew\n201\n"
    )
    #expect(Ground.sh("ls -A '\(ground.path)/.lander/uploads'").isEmpty)
    await ground.end()
  }
}
