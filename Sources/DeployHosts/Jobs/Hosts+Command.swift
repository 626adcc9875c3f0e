import DeployCore
import DeployModel
import Glibc

extension Hosts {
  /// Makes a job from a command. The job's shell lines set the folder and the environment, and then replace the shell with the command.
  func job(of command: Command, _ errand: Errand) async throws(Failure) -> Job {
    var script = ""
    if let user = command.user {
      let name = Quoting.word(user)
      // A shell does not expand a tilde if the name after it is quoted.
      let home = user.utf8.allSatisfy(\.isPlainInName) ? "~\(user)" : "$(getent passwd \(name) | cut -d: -f6)"
      script += "HOME=\(home) USER=\(name) LOGNAME=\(name); export HOME USER LOGNAME; "
    }
    // Shells on hosts read a script byte by byte, so the script is short and consists of one line.
    let settings = try await environment(command, errand).map { name, value in "\(name)=\(Quoting.word(value))" }
    script += "export \(settings.joined(separator: " ")); "
    let folder = try command.directory.map { path throws(Failure) in try errand.place(path) } ?? errand.folder
    script += "cd \(Quoting.word(folder)) || exit 1; "
    switch command.form {
    case .shell(let line): script += "exec \(Job.session) sh -c \(Quoting.word(line))\n"
    case .argv(let words):
      let quoted = words.map { "'" + $0.replacing("\0", with: "").replacing("'", with: "'\\''") + "'" }
      script += "exec \(Job.session) \(quoted.joined(separator: " "))\n"
    }
    let input = try await vault.reveal(command.input ?? Text(""))
    return Job(
      script: script, input: Array(input.utf8), merge: command.merge, user: command.user, line: command.line,
      again: command.onLost == .repeat, name: "\(errand.intent.id)")
  }

  private func environment(_ command: Command, _ errand: Errand) async throws(Failure) -> [(String, String)] {
    let site = errand.site
    var settings = [
      ("LANDER_DEPLOYMENT", site.deployment.rawValue), ("LANDER_APPLICATION", site.application), ("LANDER_GROUP", site.group),
      ("LANDER_HOST", site.host.name), ("LANDER_ROOT", site.path), ("LANDER_EVENT", errand.intent.site.event?.rawValue ?? ""),
      ("LANDER_RELEASE", errand.intent.site.release?.rawValue ?? ""), ("LANDER_PREVIOUS", errand.intent.site.previous?.rawValue ?? ""),
    ]
    if let slot = site.host.slot { settings.append(("LANDER_SLOT", slot)) }
    if let trace = trace(site.deployment, site.host.name, errand.intent.site.event) { settings.append(("TRACEPARENT", trace)) }
    for variable in command.environment {
      settings.append((variable.name, try await vault.reveal(variable.value)))
    }
    return settings
  }

  /// Checks once, from the host itself, whether something answers. A *no* is a failure of kind `unhealthy` with the value false.
  func ask(_ check: Check, _ errand: Errand) async -> Outcome {
    let seconds = HTTPAnswer.seconds(within: errand.intent.timeout)
    let (name, question, function): (String, String, String)
    switch check {
    case .command(let line):
      var outcome = await run(Command(.shell(line), onLost: .repeat), errand)
      outcome.becomeAnswer()
      return outcome
    case .port(let port): (name, question, function) = ("port \(port)", "l_port \(port)", "l_port")
    case .http(let url, _): (name, question, function) = ("GET \(url)", "l_http \(Quoting.word(url)) \(seconds)", "l_http")
    }
    return await outcome { () async throws(Failure) in
      let job = Job(script: "\(question)\n", line: name, again: true, ours: [function], name: "\(errand.intent.id)")
      let (end, out, err) = try await self.watch(job, errand) { _ in }
      guard case .exit(let status) = end.why else { return Hosts.outcome(of: end, name, errand, out, err) }
      let said = (err?.text ?? "").trimmed
      if status == 44 { throw Refusal.failure(status: status, said: said) }
      var no: String?
      if status != 0 { no = said.isEmpty ? "nothing answers" : String(said.prefix(200)) }
      if case .http(_, let wanted) = check, no == nil { no = HTTPAnswer(out?.text ?? "").refusal(wanted: wanted) }
      guard let no else { return .done(.bool(true)) }
      return Outcome(failure: Failure(.unhealthy, "\(name): \(no)"), value: .bool(false))
    }
  }
}
