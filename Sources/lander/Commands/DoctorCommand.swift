import ArgumentParser
import DeployCore
import DeployModel
import DeployReport
import DeployStore
import Glibc

/// Explains what is wrong with a set-up and how to fix it.
struct DoctorCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Explains what is wrong with the set-up here, and how to fix it.",
    discussion:
      "With --connect, every host is tried as well. Exits with 2 where something has to be fixed.")

  @OptionGroup var options: ProjectOptions
  @Flag(help: "Try every host, too.")
  var connect = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    var examination = Examination()
    examination.lookAtMachine()
    let project = examination.lookAtProject(options)
    await examination.lookAtState(options)
    if let project { examination.lookAtReach(project) }
    if let project, connect { try await examination.lookAtHosts(project, options, terminal) }
    terminal.say(examination.lines(on: terminal.out))
    let bad = examination.findings.count { $0.grade == .bad }
    let warned = examination.findings.count { $0.grade == .warn }
    if bad + warned == 0 {
      let hint = connect || project == nil ? "" : " lander doctor --connect tries the hosts too."
      terminal.say(["", "All is well." + hint])
    } else {
      terminal.say(["", "\(bad.of("thing")) to fix, \(warned.of("thing")) to look at."])
    }
    return bad == 0 ? .done : .usage
  }
}

/// What the doctor found, in the order in which it looked.
struct Examination {
  enum Grade: Equatable { case good, warn, bad }
  struct Finding {
    var grade: Grade
    var about: String
    var text: String
    var fix: String?
  }
  var findings: [Finding] = []

  mutating func note(_ grade: Grade, _ about: String, _ text: String, fix: String? = nil) {
    findings.append(Finding(grade: grade, about: about, text: text, fix: fix))
  }

  func lines(on surface: Surface) -> [String] {
    let width = findings.map(\.about.columns).max() ?? 0
    return findings.flatMap { finding -> [String] in
      let mark =
        switch finding.grade {
        case .good: surface.paint("ok  ", .good)
        case .warn: surface.paint("look", .warn)
        case .bad: surface.paint("fix ", .bad)
        }
      let text = SafeText.lines(finding.text)
      let margin = String(repeating: " ", count: width + 8)
      var lines =
        ["\(mark)  \(finding.about.padded(to: width))  \(text.first ?? "")"]
        + text.dropFirst().map { margin + $0 }
      if let fix = finding.fix { lines.append(margin + "→ " + SafeText.line(fix)) }
      return lines
    }
  }

  mutating func lookAtMachine() {
    note(.good, "lander", "\(Version.number), \(Shipped.program)")
    if let shipped = Shipped.folder() {
      note(.good, "recipes", "shipped ones in \(shipped)")
    } else {
      note(
        .bad, "recipes",
        "the recipes and strategies that come with lander were not found beside it",
        fix: "install it whole: scripts/install")
    }
    if let ssh = Folder.program("ssh") {
      note(.good, "ssh", ssh)
    } else {
      note(
        .bad, "ssh", "there is no OpenSSH client on the path",
        fix: "apt install openssh-client, or what your system calls it")
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(7), &limit) == 0, limit.rlim_max < 1024 {
      note(
        .warn, "open files", "at most \(limit.rlim_max), which is few for many hosts",
        fix: "ulimit -n 4096")
    }
  }

  mutating func lookAtProject(_ options: ProjectOptions) -> LoadedProject? {
    do {
      let project = try Wiring.project(options)
      let counts =
        "\(project.project.recipes.count.of("recipe")), \(project.project.groups.count.of("group"))"
      note(.good, "deploy.lua", "\(project.folder)/deploy.lua: \(counts)")
      for warning in project.project.warnings + project.warnings {
        note(
          .warn, "deploy.lua", (warning.place.map { "\($0): " } ?? "") + warning.message,
          fix: warning.fix)
      }
      if project.project.recipes.contains(where: { $0.revision?.isGit ?? false }),
        Folder.program("git") == nil
      {
        note(
          .bad, "git", "a revision is a git ref, and there is no git on the path",
          fix: "apt install git")
      }
      return project
    } catch let problems as Problems {
      for problem in problems.list {
        note(
          .bad, "deploy.lua", (problem.place.map { "\($0): " } ?? "") + problem.message,
          fix: problem.fix)
      }
    } catch {
      note(.bad, "deploy.lua", "\(error)")
    }
    return nil
  }

  mutating func lookAtState(_ options: ProjectOptions) async {
    let folder = options.stateFolder()
    guard Folder.exists(folder) else {
      return note(.good, "state", "\(folder) will be made by the first deployment")
    }
    do {
      let journal = try SQLiteJournal(in: try StateDirectory(folder))
      let deployments = try await journal.deployments()
      note(.good, "state", "\(folder): \(deployments.count.of("deployment"))")
      for deployment in deployments {
        switch deployment.state {
        case .interrupted:
          note(
            .warn, "state",
            "deployment \(deployment.id) of \(deployment.recipe) to \(deployment.group) was interrupted",
            fix: "lander resume \(deployment.id), or lander cancel \(deployment.id)")
        case .damaged(let damage):
          let problem = PastDeployments.problem(damage, of: deployment.id)
          note(.bad, "state", problem.message, fix: problem.fix)
        default: break
        }
      }
    } catch let problems as Problems {
      for problem in problems.list { note(.bad, "state", problem.message, fix: problem.fix) }
    } catch let failure as Failure {
      note(.bad, "state", failure.message, fix: failure.fix)
    } catch {
      note(.bad, "state", "\(error)")
    }
    if access(folder, W_OK) != 0 {
      note(
        .bad, "state", "\(folder) cannot be written",
        fix: "chown it to who deploys: sudo chown -R $USER '\(folder)'")
    }
    let ignored = (try? Folder.text(at: options.folderOrHere + "/.gitignore")).flatMap { $0 } ?? ""
    if Folder.exists(options.folderOrHere + "/.git"), options.state == nil,
      !ignored.contains(".lander"),
      !Folder.exists(folder + "/.gitignore")
    {
      note(
        .warn, "git", ".lander is not ignored, so the journal could be committed",
        fix: "echo .lander/ >> .gitignore")
    }
  }

  /// What can be said about ssh hosts without reaching them.
  mutating func lookAtReach(_ project: LoadedProject) {
    let hosts = project.project.groups.flatMap(\.hosts)
    guard hosts.contains(where: { $0.transport == "ssh" }), let home = Folder.variable("HOME")
    else { return }
    let hasAgent = Folder.variable("SSH_AUTH_SOCK").map { Folder.exists($0) } ?? false
    let keys = Folder.names(in: home + "/.ssh").filter {
      $0.hasPrefix("id_") && !$0.hasSuffix(".pub")
    }
    let configured = Folder.exists(home + "/.ssh/config")
    if hasAgent {
      note(.good, "keys", "an ssh agent is running")
    } else if !keys.isEmpty {
      note(
        .good, "keys",
        keys.joined(separator: " ")
          + (hasAgent ? "" : " (no agent: a key with a passphrase cannot be used)"))
    } else if !configured {
      note(
        .warn, "keys", "no ssh agent, no key in ~/.ssh and no ~/.ssh/config",
        fix: "ssh-keygen -t ed25519, then ssh-copy-id HOST; or start your agent")
    }
    if !Folder.exists(home + "/.ssh/known_hosts"), !Folder.exists("/etc/ssh/ssh_known_hosts") {
      note(
        .warn, "host keys", "there is no known_hosts: hosts with unknown keys are refused",
        fix:
          "connect once by hand and compare the fingerprint: ssh \(hosts.first { $0.transport == "ssh" }?.name ?? "HOST")"
      )
    }
  }

  mutating func lookAtHosts(
    _ project: LoadedProject, _ options: ProjectOptions, _ terminal: Terminal
  ) async throws {
    let engine = try Wiring.engine(for: project, options)
    let selections = try Groups.selections(project.project, group: nil)
    let surveys = try await Asking.with(engine) { engine in
      var all: [(host: DeployModel.Host, survey: Survey)] = []
      for selection in selections { all += await Surveyed.ask(selection, engine, terminal).named }
      return all
    }
    for (host, survey) in surveys {
      switch survey {
      case .unreachable(let failure): note(.bad, host.name, failure.message, fix: failure.fix)
      case .reached(let state):
        note(
          .good, host.name,
          "\(state.facts.user), \(state.facts.shell), \(state.facts.freeBytes.inBytes) free")
        for problem in state.drift { note(.bad, host.name, problem.message, fix: problem.fix) }
        if abs(state.facts.clockSkew.milliseconds) > 30_000 {
          note(
            .warn, host.name,
            "its clock is off by \(Interval(milliseconds: abs(state.facts.clockSkew.milliseconds)))",
            fix: "switch on time synchronisation there")
        }
        if state.facts.freeInodes < 10_000 {
          note(.warn, host.name, "only \(state.facts.freeInodes.grouped) inodes are free")
        }
      }
    }
  }
}

extension Revision {
  fileprivate var isGit: Bool { if case .git = source { true } else { false } }
}
