import DeployModel

/// Finds the cause of a failure in the output of OpenSSH's client, and says what to do about it.
struct SSHDiagnosis: Equatable {
  let failure: Failure
  /// Whether a retry might succeed even if nobody changes anything.
  let passes: Bool

  /// - Parameter said: what the client wrote on stderr before the connection ended.
  init(_ said: String, reach: Reach) {
    let text = said.lowercased()
    let host = reach.argv.last ?? reach.name
    // known_hosts has the form `[host]:port` for every port except 22.
    let port = reach.argv.firstIndex(of: "-p").map { reach.argv[reach.argv.index(after: $0)] } ?? "22"
    let known = port == "22" ? host : "'[\(host)]:\(port)'"
    func matches(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
    func make(_ kind: Failure.Kind, _ cause: String, _ fix: String, passes: Bool = false) -> (Failure, Bool) {
      (Failure(kind, "\(cause)", fix: fix), passes)
    }
    let found: (Failure, Bool)
    if matches("remote host identification has changed", "host key for") && matches("changed") {
      found = make(
        .unreachable, "its host key is not the one that is known",
        "if the machine was really replaced: ssh-keygen -R \(known), then connect once by hand: \(reach.typed)")
    } else if matches("host key verification failed", "no matching host key fingerprint", "key is known for") {
      found = make(
        .unreachable, "its host key is not known here", "compare the fingerprint and accept it once by hand: \(reach.typed)")
    } else if matches("too many authentication failures") {
      found = make(
        .unreachable, "the ssh agent offered too many keys", "set IdentitiesOnly yes and IdentityFile in ssh_config for \(host)")
    } else if matches("permission denied") {
      found = make(
        .unreachable, "authentication failed", "try by hand: \(reach.typed); is the key in its authorized_keys and in your agent?")
    } else if matches("could not resolve hostname", "name or service not known") {
      found = make(
        .unreachable, "its name is not resolved", "is the name right? give the host an address, or a Host entry in ssh_config",
        passes: matches("temporary failure"))
    } else if matches("connection refused") {
      found = make(.unreachable, "the connection was refused: no sshd listens there", "is sshd running, on that port?", passes: true)
    } else if matches("no route to host", "network is unreachable") {
      found = make(.unreachable, "there is no route to it", "is the machine up, and the VPN or network?", passes: true)
    } else if matches("timed out", "timeout, server", "not responding") {
      found = make(.unreachable, "it did not answer in time", "is the machine up, and does a firewall drop the port?", passes: true)
    } else if matches(
      "exceeded maxstartups", "not allowed at this time", "connection reset by peer", "kex_exchange_identification", "connection closed by")
    {
      found = make(
        .unreachable, "its sshd has too many connections, or closed this one",
        "raise MaxStartups in its sshd_config, or deploy to fewer hosts at once",
        passes: true)
    } else if matches("bad configuration option", "terminating,") {
      found = make(.invalid, "ssh does not accept its configuration: \(SSHDiagnosis.last(said))", "fix ssh_config")
    } else if matches("account is currently not available", "account is not available") {
      found = make(
        .unreachable, "its login user has no shell there: \(SSHDiagnosis.last(said))",
        "on the host: chsh -s /bin/sh USER, or log in as another user (user = …)")
    } else if text.allSatisfy(\.isWhitespace) {
      found = make(
        .unreachable, "the connection ended without a word",
        "try by hand: \(reach.typed); is the user's login shell /bin/false or nologin?", passes: true)
    } else {
      let words = SSHDiagnosis.last(said)
      found = make(
        .unreachable, "the connection ended: \(words)", "try by hand: \(reach.typed)", passes: true
      )
    }
    (failure, passes) = found
  }

  /// Returns the last line that is not blank, cut to 300 characters.
  static func last(_ said: String) -> String {
    let line = said.fullLines.last { !$0.allSatisfy(\.isWhitespace) } ?? ""
    return String(line.prefix(300))
  }
}
