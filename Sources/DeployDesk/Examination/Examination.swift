import DeployCore
package import DeployModel

/// Everything that the checks of a set-up found, good or bad, in the order in which they ran.
package struct Examination: Sendable {
  package enum Grade: Sendable, Equatable { case good, warn, bad }
  package struct Finding: Sendable, Equatable {
    package var grade: Grade
    package var about: String
    package var text: String
    package var fix: String?
  }
  package private(set) var findings: [Finding] = []
  private let around: Surroundings

  /// Checks this machine.
  package init(_ around: Surroundings) {
    self.around = around
    note(.good, "lander", "\(around.version), \(around.program)")
    if let shipped = around.shipped {
      note(.good, "recipes", "shipped ones in \(shipped)")
    } else {
      note(
        .bad, "recipes", "the recipes and strategies that come with lander were not found beside it",
        fix: "install it whole: scripts/install")
    }
    if let ssh = around.ssh {
      note(.good, "ssh", ssh)
    } else {
      note(.bad, "ssh", "there is no OpenSSH client on the path", fix: "apt install openssh-client, or what your system calls it")
    }
    if let limit = around.openFiles, limit < 1024 {
      note(.warn, "open files", "at most \(limit), which is few for many hosts", fix: "ulimit -n 4096")
    }
  }

  /// Returns the number of findings of a grade.
  package func count(_ grade: Grade) -> Int { findings.count { $0.grade == grade } }

  private mutating func note(_ grade: Grade, _ about: String, _ text: String, fix: String? = nil) {
    findings.append(Finding(grade: grade, about: about, text: text, fix: fix))
  }

  private mutating func note(_ error: any Error, about: String) {
    switch error {
    case let problems as Problems:
      for problem in problems.list { note(.bad, about, (problem.place.map { "\($0): " } ?? "") + problem.message, fix: problem.fix) }
    case let failure as Failure: note(.bad, about, failure.message, fix: failure.fix)
    default: note(.bad, about, "\(error)")
    }
  }

  /// Checks a project. If the project could not be loaded, reports why.
  package mutating func look(at loaded: Result<LoadedProject, any Error>) {
    switch loaded {
    case .failure(let error): note(error, about: "deploy.lua")
    case .success(let loaded):
      let project = loaded.project
      note(
        .good, "deploy.lua", "\(loaded.folder)/deploy.lua: \(project.recipes.count.of("recipe")), \(project.groups.count.of("group"))")
      for warning in project.warnings + loaded.warnings {
        note(.warn, "deploy.lua", (warning.place.map { "\($0): " } ?? "") + warning.message, fix: warning.fix)
      }
      if project.recipes.contains(where: { $0.revision?.isGit ?? false }), around.git == nil {
        note(.bad, "git", "a revision is a git ref, and there is no git on the path", fix: "apt install git")
      }
    }
  }

  /// Checks the state folder.
  /// - Parameter past: opens the folder's journal, or returns nil if the folder has none.
  package mutating func look(atState past: () throws -> PastDeployments?) async {
    guard around.hasState else { return note(.good, "state", "\(around.state) will be made by the first deployment") }
    do {
      let deployments = try await past()?.deployments() ?? []
      note(.good, "state", "\(around.state): \(deployments.count.of("deployment"))")
      for deployment in deployments { look(at: deployment) }
    } catch { note(error, about: "state") }
    if !around.isWritable {
      note(
        .bad, "state", "\(around.state) cannot be written", fix: "chown it to who deploys: sudo chown -R $USER '\(around.state)'")
    }
    if around.isCommitted {
      note(.warn, "git", ".lander is not ignored, so the journal could be committed", fix: "echo .lander/ >> .gitignore")
    }
  }

  private mutating func look(at deployment: DeploymentSummary) {
    switch deployment.state {
    case .interrupted:
      note(
        .warn, "state", "\(deployment.named) was interrupted",
        fix: "lander resume \(deployment.id), or lander cancel \(deployment.id)")
    case .damaged(let damage):
      let problem = damage.problem(of: deployment.id)
      note(.bad, "state", problem.message, fix: problem.fix)
    default: break
    }
  }

  /// Checks that this machine has what it needs to reach hosts through ssh. It connects to no host.
  package mutating func look(atReachOf project: Project) {
    guard let host = project.groups.flatMap(\.hosts).first(where: { $0.ownTransport == .ssh }) else { return }
    if around.hasAgent {
      note(.good, "keys", "an ssh agent is running")
    } else if !around.keys.isEmpty {
      note(.good, "keys", around.keys.joined(separator: " ") + " (no agent: a key with a passphrase cannot be used)")
    } else if !around.hasSSHConfig {
      note(
        .warn, "keys", "no ssh agent, no key in ~/.ssh and no ~/.ssh/config",
        fix: "ssh-keygen -t ed25519, then ssh-copy-id HOST; or start your agent")
    }
    if !around.hasKnownHosts {
      note(
        .warn, "host keys", "there is no known_hosts: hosts with unknown keys are refused",
        fix: "connect once by hand and compare the fingerprint: ssh \(host.name)")
    }
  }

  /// Reports what surveys found about hosts: about each host once, and about each of its places what is wrong there.
  package mutating func look(at places: [FoundPlace]) {
    var last: FoundPlace?
    for place in places {
      let isNext = last?.host.identity == place.host.identity
      switch place.survey {
      case .unreachable(let failure): note(.bad, place.host.name, failure.message, fix: failure.fix)
      case .reached(let state):
        look(at: state, of: place.host.name, isFirst: !isNext)
        last = place
      }
    }
  }

  /// - Parameter isFirst: whether nothing was noted about the host so far. Otherwise, what is true of the whole host is not noted again.
  private mutating func look(at state: HostState, of host: String, isFirst: Bool) {
    let facts = state.facts
    if isFirst { note(.good, host, "\(facts.user), \(facts.shell), \(facts.freeBytes.inBytes) free") }
    for problem in state.drift { noteOnce(.bad, host, problem.message, fix: problem.fix) }
    let skew = abs(facts.clockSkew.milliseconds)
    if skew > 30_000, isFirst {
      note(
        .warn, host, "its clock is off by \(Interval(milliseconds: skew))", fix: "switch on time synchronisation there")
    }
    if facts.freeInodes < 10_000 { noteOnce(.warn, host, "only \(facts.freeInodes.grouped) inodes are free") }
  }

  /// Notes a finding, unless the same is noted already.
  private mutating func noteOnce(_ grade: Grade, _ about: String, _ text: String, fix: String? = nil) {
    let isKnown = findings.contains { $0.about.isExactly(about) && $0.text.isExactly(text) }
    if !isKnown { note(grade, about, text, fix: fix) }
  }
}

extension Revision {
  fileprivate var isGit: Bool { if case .git = source { true } else { false } }
}
