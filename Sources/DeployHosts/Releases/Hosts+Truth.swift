import DeployCore
import DeployGround
import DeployModel
import FoundationEssentials

extension Hosts {
  /// Takes the lock. If another deployment has the lock, the outcome contains the holder, as a record of `Lock`'s fields. The host grants
  /// the lock only if its receipt is still the one in the plan and all jobs of older fences have ended.
  func lock(_ request: LockRequest, _ errand: Errand) async throws(Failure) -> Outcome {
    let site = errand.site
    let lease = max(3, request.lease.milliseconds / 1000)
    var words = [site.path, request.token, site.deployment.rawValue, "\(WallClock.now.milliseconds)", "\(request.fence)", "\(lease)"]
    words += [request.owner, request.purpose].map(Lock.word)
    words += [request.inherits ?? "", EngineIdentity.own, request.good?.rawValue ?? ""]
    words += [Lock.word(site.application), Lock.word(site.group), request.ticket ?? "", request.sequence.map { "\($0)" } ?? ""]
    words.append(request.seen.map { "\($0)" } ?? "")
    let also = (request.sequence == nil ? [] : ["l_latest", "l_numbered"]) + (request.seen == nil ? [] : ["l_saw"])
    let answer = try await errand.link.call("l_lock", words, also: also)
    if answer.status == 42, let refusal = LinePlace(answer.lines).refusal { throw refusal }
    if answer.status == 42, let holder = Hosts.holder(answer.lines) {
      if holder.isForeign(to: site.application) { return Outcome(failure: holder.refusal(of: site), value: holder.value) }
      let held = Interval(milliseconds: max(0, (WallClock.now - holder.since).milliseconds))
      let failure = Failure(
        .locked, "\(holder.owner) has held the lock for \(held): \(holder.purpose)",
        fix: "wait for deployment \(holder.deployment), as --on-busy wait does; if its engine is gone, the lock is free in "
          + "\(holder.leaseLeft) s")
      return Outcome(failure: failure, value: holder.value)
    }
    guard answer.status == 0 else { throw Refusal.failure(answer) }
    do throws(Failure) {
      let receipt = try await self.receipt("receipt", errand.link, site.path)
      if let receipt, !receipt.application.isExactly(site.application) {
        throw Failure(
          .invalid, "\(site.path) belongs to application \"\(receipt.application)\" since deployment \(receipt.deployment)",
          fix: "give this recipe a path of its own")
      }
      let mine = receipt?.deployment
      guard mine == request.expects else {
        throw Failure(
          .invalid,
          "changed since the plan was made: it was \(request.expects?.rawValue ?? "untouched"), and is "
            + "\(mine?.rawValue ?? "untouched") now",
          fix: "plan again")
      }
      try await endOrphans(request, errand)
    } catch {
      _ = try? await errand.link.call("l_unlock", [site.path, request.token])
      throw error
    }
    await errand.link.renew(site.path, token: request.token, every: max(1, lease / 3))
    return .done(.record(of: [("fence", .int(request.fence))]))
  }

  /// Waits for jobs that earlier deployments left running, or ends them. Tells the listener which jobs these are. A cancellation ends the
  /// wait immediately.
  private func endOrphans(_ request: LockRequest, _ errand: Errand) async throws(Failure) {
    let clock = ContinuousClock()
    let (start, limit) = (clock.now, Interval(milliseconds: errand.flight.limit.milliseconds / 10 * 9))
    let grace = "\(max(1, options.grace.milliseconds / 1000))"
    var asked: Set<String> = []
    var told: [String] = []
    while true {
      let lines = try await errand.link.demand("l_running", [errand.site.path, "\(request.fence)", "bar"]).lines
      let jobs = lines.compactMap { Orphan($0) }
      if jobs.isEmpty { return }
      if request.orphans == .kill {
        for job in jobs where asked.insert(job.name).inserted {
          _ = try await errand.link.demand(
            "l_stop", [errand.site.path, job.running.deployment.rawValue, job.folder, "cancelled", grace, job.user],
            also: job.user.isEmpty ? [] : ["l_as_user"])
        }
      }
      let waited = Interval(clock.now - start)
      if waited >= limit {
        throw Failure(
          .timeout, "jobs of earlier deployments still run: \(jobs.map { $0.described(at: WallClock.now) }.joined(separator: ", "))",
          fix: "wait for them, or end them with --orphans kill")
      }
      // A wait of less than a second is not reported.
      if waited >= .seconds(1), told != jobs.map(\.name) {
        told = jobs.map(\.name)
        let names = vault.clean(jobs.map { $0.described(at: WallClock.now) }.joined(separator: ", "))
        tell(.waiting(errand.site.host.name, for: names, ending: request.orphans == .kill))
      }
      try errand.flight.check()
      try? await Task.sleep(for: .milliseconds(250))
    }
  }

  func unlock(_ token: String, good: Deployment.ID?, left: FailedRestore?, _ errand: Errand) async throws(Failure) -> Outcome {
    await errand.link.leave(errand.site.path, token: token)
    await inbox.delivered(errand.link, path: errand.site.path, token: token)
    // If the host has already been given up on, it is asked only once, because the lock's lease ends by itself.
    let patience: Interval? = await errand.link.isGivenUp ? .zero : nil
    let text =
      try left.map { left throws(Failure) in
        guard left.isOver else { return String(decoding: try Hosts.coded(left), as: UTF8.self) }
        return "-" + (left.isOwn == true ? left.deployment.rawValue : "")
      } ?? ""
    // If a person removes a lock, the holder's work is not over. Such a request has intent 0, because the intents of engines begin at 1.
    let over = errand.intent.id > 0 ? "over" : ""
    _ = try await errand.link.demand("l_unlock", [errand.site.path, token, good?.rawValue ?? "", text, over], patience: patience)
    return .done()
  }

  /// Writes the receipt of a host. The host keeps its previous receipt if that receipt is of a different release. The recipe's sources are
  /// written before the receipt that refers to them.
  func record(_ receipt: Receipt, _ errand: Errand) async throws(Failure) -> Outcome {
    let sources = receipt.inputs.sources.hex
    if try await errand.link.demand("l_has", [errand.site.path, "recipes/\(sources)"]).text.trimmed != "there" {
      let text = try Hosts.coded(try await store.sources(receipt.inputs.sources))
      if text.count <= Hosts.request {
        // To a host that is near, the whole text takes less time than the two programs that decompress it.
        let packed = await errand.link.isFarAndUnpacks ? Gzip.packed(text, level: 6) : nil
        _ = try await errand.link.demand(
          "l_recipe", errand.claim + [sources, packed == nil ? "" : "packed"], payload: packed ?? text)
      } else {
        try await send(text, asSources: sources, errand)
      }
    }
    var receipt = try await marked(receipt, errand)
    // If a receipt is restored on a host, it belongs to an earlier deployment, so the owners of the release's entries are not recorded
    // again.
    let words = [receipt.trial == true ? "trial" : "", receipt.deployment == errand.site.deployment ? "look" : ""]
    // This value changes later, so it is in the first line of the host's file and not in the receipt itself.
    receipt.trial = nil
    let text = try Hosts.coded(receipt)
    let claim = errand.claim + [receipt.release.id.rawValue, receipt.deployment.rawValue, sources] + words
    // A short receipt is not sent as payload, because the host has to start a program to read a payload.
    let inline = text.count <= Job.small && !text.contains(0)
    _ = try await errand.link.demand(
      "l_record", claim + [inline ? String(decoding: text, as: UTF8.self) : ""], payload: inline ? [] : text)
    return .done()
  }

  /// Sends sources that are too long for one request in pieces. They get their final name once they are complete.
  private func send(_ text: [UInt8], asSources sources: String, _ errand: Errand) async throws(Failure) {
    let digest = Hex.digest(text)
    let name = try await send(text, as: "uploads/\(digest).sources", errand)
    _ = try await errand.link.demand("l_name", errand.claim + [name, "recipes/\(sources)", digest])
  }

  /// Sends bytes in pieces to a file below `.lander`. The file's name contains the digest of its content.
  /// - Returns: the file's name.
  func send(_ text: [UInt8], as name: String, _ errand: Errand) async throws(Failure) -> String {
    var at = 0
    var misses = 0
    while at < text.count {
      let piece = Array(text[at..<min(at + Hosts.request, text.count)])
      let have = Int(try await errand.link.demand("l_put", errand.claim + [name, "\(at)"], payload: piece).text.trimmed) ?? 0
      misses = have > at ? 0 : misses + 1
      if misses > 20 { throw Failure(.transport, "\(name) cannot be sent piece by piece") }
      at = max(0, min(have, text.count))
    }
    return name
  }

  /// Reads a recipe's sources from the host: a list of records with `path` and `text`.
  func sources(_ digest: Digest, _ errand: Errand) async throws(Failure) -> Outcome {
    let answer = try await errand.link.demand("l_show", [errand.site.path, "recipes/\(digest.hex)"])
    guard let files = try? JSONDecoder().decode([SourceFile].self, from: Data(answer.output)) else {
      throw Failure(.corrupt, "the recipe sources \(digest) kept there cannot be read")
    }
    return .done(.list(files.map { .record(of: [("path", .text($0.path)), ("text", .text($0.text))]) }))
  }

  /// Reads a receipt of the host, or nil if the host has none.
  func receipt(_ name: String, _ link: HostLink, _ path: String) async throws(Failure) -> Receipt? {
    let answer = try await link.call("l_show", [path, name])
    if answer.status == 44 { return nil }
    guard answer.status == 0 else { throw Refusal.failure(answer) }
    let text = answer.output.drop { $0 != 10 }.dropFirst()
    guard var receipt = try? JSONDecoder().decode(Receipt.self, from: Data(text)) else {
      throw Failure(
        .corrupt, "\(path)/.lander/\(name) cannot be read as a receipt",
        fix: "look at it; if it is damaged, move it away and deploy")
    }
    receipt.trial = answer.lines.first?.split(separator: " ").dropFirst(3).first == "trial" ? true : nil
    return receipt
  }

  /// Reads the record of a deployment that could not restore the host, or nil if there is none. A record that cannot be read also gives
  /// nil, because then only the disk shows what happened.
  func failedRestore(_ link: HostLink, _ path: String) async throws(Failure) -> FailedRestore? {
    let answer = try await link.call("l_show", [path, "failed"])
    return answer.status == 0 ? try? JSONDecoder().decode(FailedRestore.self, from: Data(answer.output)) : nil
  }

  /// Reads the lock's holder from the line that describes it, or nil if there is no such line.
  static func holder(_ lines: [Substring]) -> Lock? {
    for line in lines {
      let words = line.parts(at: "\t", keepingEmpty: true).map(String.init)
      guard words.count >= 8, words[0] == "holder" else { continue }
      // The line has fewer fields if an older version took the lock.
      let rest = words[8...].map { $0.isEmpty ? nil : $0 } + [nil, nil, nil]
      return Lock(
        deployment: Deployment.ID(words[1]), token: words[2], owner: words[6], purpose: words[7],
        since: Timestamp(milliseconds: Int(words[3]) ?? 0),
        fence: Int(words[4]) ?? 0, leaseLeft: Int(words[5]) ?? 0, process: rest[0], application: rest[1], group: rest[2])
    }
    return nil
  }
}

extension Lock {
  /// Returns the refusal if another application has locked the folder for its first deployment. Such a folder has no receipt yet.
  fileprivate func refusal(of site: HostSite) -> Failure {
    Failure(
      .invalid,
      "\(site.path) is locked by application \"\(application ?? "")\" (\(purpose), deployment \(deployment) by \(owner)), and this is "
        + "\"\(site.application)\"",
      fix: "give this recipe a path of its own")
  }
}

/// A job that is still running although its deployment has ended.
struct Orphan {
  let running: RunningJob
  /// The name of the job's folder: the number of the intent, sometimes with a suffix.
  let folder: String
  let user: String
  var name: String { "\(running.deployment)/\(folder) `\(running.command)`" }
  /// Returns the job's command, deployment and age, for people.
  func described(at now: Timestamp) -> String {
    let age = Interval(milliseconds: max(0, (now - running.since).milliseconds / 1000 * 1000))
    return "`\(running.command)` of deployment \(running.deployment), started \(age) ago"
  }

  init?(_ line: Substring) {
    let words = line.parts(at: "\t", keepingEmpty: true).map(String.init)
    guard words.count >= 6 else { return nil }
    folder = words[1]
    user = words[4]
    running = RunningJob(
      deployment: Deployment.ID(words[0]), intent: Int(words[1].prefix { $0 != "." }) ?? 0, fence: Int(words[2]) ?? 0,
      command: words[5...].joined(separator: " "), since: Timestamp(milliseconds: Int(words[3]) ?? 0))
  }
}

extension HostLink {
  /// Renews a lease until `leave` is called, or until another deployment has the lock.
  func renew(_ path: String, token: String, every seconds: Int, atOnce: Bool = false) {
    leave(path, token: token)
    inbox.holds(true, self, path: path, token: token)
    // The lock has just been taken, or is about to be requested.
    if !atOnce { inbox.isOwn(token) }
    leases[ExactText("\(token) \(path)")] = Task {
      if !atOnce { try? await Task.sleep(for: .seconds(seconds)) }
      while !Task.isCancelled {
        if await renewNow(path, token: token) == false { return }
        try? await Task.sleep(for: .seconds(seconds))
      }
    }
  }
  /// Renews a lease once. - Returns: true if the lease still belongs to the token, false if it does not, or nil if the host did not answer.
  @discardableResult
  func renewNow(_ path: String, token: String) async -> Bool? {
    guard let answer = try? await call("l_renew", [path, token, EngineIdentity.own] + inbox.told) else { return nil }
    guard answer.status == 0 else {
      let failure = Refusal.failure(answer)
      inbox.lost(Failure(failure.kind, "\(reach.name): \(failure.message)", fix: failure.fix), token: token)
      return false
    }
    await inbox.renewed(answer.lines, self, path: path, token: token)
    return true
  }

  /// Renews a lease that another process took, as long as the lease belongs to the token.
  func adopt(_ path: String, token: String) {
    if leases[ExactText("\(token) \(path)")] == nil { renew(path, token: token, every: 10, atOnce: true) }
  }
  func leave(_ path: String, token: String) {
    inbox.holds(false, self, path: path, token: token)
    leases.removeValue(forKey: ExactText("\(token) \(path)"))?.cancel()
  }
}
