package import DeployModel

extension Provenance {
  /// The reason, the commit, the new commits and the job, each with its name and a text for people.
  package var facts: [[String]] {
    var facts: [[String]] = []
    if let message { facts.append(["Why", SafeText.line(message)]) }
    if let commit { facts.append(["Commit", commit.words]) }
    if let changes { facts.append(["New", changes.words]) }
    if let signer { facts.append(["Signed by", SafeText.line(signer)]) }
    if !labels.isEmpty { facts.append(["Labels", labels.map { SafeText.line("\($0.name)=\($0.value)") }.joined(separator: "  ")]) }
    if let url = job?.url { facts.append(["Job", SafeText.line(url)]) }
    return facts
  }

  /// The facts on one line, such as `fix login; commit 3f2a91c on main; https://…`, or nil if only the person is known.
  package var line: String? {
    let parts = [
      message.map { SafeText.line($0) }, commit.map { "commit " + $0.words }, (job?.url).map { SafeText.line($0) },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// The provenance as data for programs.
  package var value: Value {
    JSON.record([
      ("actor", actor.map { .text($0) }), ("message", message.map { .text($0) }),
      ("labels", labels.isEmpty ? nil : .record(labels.map { Value.Member($0.name, .text($0.value)) })),
      ("commit", commit?.value), ("changes", changes?.value),
      ("job", job.map { JSON.record([("system", .text($0.system)), ("url", $0.url.map { .text($0) })]) }),
      ("signer", signer.map { .text($0) }),
    ])
  }
}

extension Commit {
  /// The commit in words, such as `3f2a91c v1.4 on main, with changes that are not committed: Fix login`.
  package var words: String {
    let name = tag.map { " " + SafeText.line($0) } ?? ""
    let place = branch.map { " on " + SafeText.line($0) } ?? ""
    let state = isDirty == true ? ", with changes that are not committed" : ""
    return short + name + place + state + (subject.map { ": " + SafeText.line($0) } ?? "")
  }

  /// The commit as data for programs.
  var value: Value {
    JSON.record([
      ("id", .text(id)), ("branch", branch.map { .text($0) }), ("tag", tag.map { .text($0) }), ("subject", subject.map { .text($0) }),
      ("at", at.map { .text(When.iso($0)) }), ("dirty", isDirty.map { .bool($0) }),
    ])
  }
}

extension CommitRange {
  /// The range in words, such as `3 commits since 1a2b3c4` or `goes back from 1a2b3c4`.
  package var words: String {
    let old = String(from.prefix(7))
    let count = total >= Self.counted ? "\(total) commits or more" : total.of("commit")
    if total == 0 { return "goes back from \(old)" }
    return "\(count) since \(old)" + (isBack ? ", and without some that hosts have" : "")
  }

  /// The range as data for programs.
  var value: Value {
    JSON.record([
      ("from", .text(from)), ("total", .int(total)), ("goes_back", .bool(isBack)),
      (
        "commits",
        .list(newest.map { JSON.record([("id", .text($0.id)), ("author", .text($0.author)), ("subject", .text($0.subject))]) })
      ),
    ])
  }
}
