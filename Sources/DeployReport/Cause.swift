package import DeployModel

extension HostStatus {
  /// The error that caused the status, or nil if nothing went wrong.
  package var error: ScriptError? {
    switch self {
    case .pending, .changing, .ready, .succeeded, .unchanged, .kept: nil
    case .leftOut(let failure), .unknown(let failure): ScriptError(failure)
    case .restoring(let error), .restored(let error), .untouched(let error), .failed(let error): error
    case .restoreFailed(let error, _, _): error
    }
  }

  package var style: Surface.Style {
    switch self {
    case .succeeded, .unchanged, .kept: .good
    case .pending, .changing, .ready: .dim
    case .leftOut, .restoring, .restored, .untouched: .warn
    case .restoreFailed, .failed, .unknown: .bad
    }
  }
}

extension Operation {
  /// What the operation does, in a few words on one line, such as `run sudo systemctl stop shop`.
  package var sentence: String {
    switch self {
    case .run(let command):
      let user = command.user.map { " as \($0)" } ?? ""
      return "run\(user) " + SafeText.line(command.line).squeezed(to: 160)
    case .read(let path, _): return "read \(SafeText.line(path))"
    case .exists(let path): return "check whether \(SafeText.line(path)) exists"
    case .check(let check): return check.sentence
    case .http(let request): return SafeText.line(request.line).squeezed(to: 160)
    case .write(let path, _, _, _): return "write \(SafeText.line(path))"
    case .link(let target, let path):
      return "link \(SafeText.line(path)) to \(SafeText.line(target))"
    case .upload(let from, let to): return "upload \(SafeText.line(from)) to \(SafeText.line(to))"
    case .download(let from, let to):
      return "download \(SafeText.line(from)) to \(SafeText.line(to))"
    case .stage(let release): return "send and verify release \(release.id)"
    case .activate(let id?): return "make release \(id) current"
    case .activate(nil): return "take `current` away"
    case .relink(let text): return "put the link `current` to \(SafeText.line(text)) back"
    case .discard(let id): return "remove release \(id)"
    case .prune(let keep, _): return "keep the newest \(keep.of("release"))"
    case .remove(let shared): return "remove `current`, the releases and what is known of them\(shared ? ", and the data in shared" : "")"
    case .record(let receipt): return "write the receipt of release \(receipt.release.id)"
    case .lock: return "take the lock"
    case .unlock: return "give the lock back"
    case .park: return "keep the lock until a person has answered"
    case .unpark: return "resume the parked deployment"
    case .mark(let request):
      return "\(request.act == .drop ? "forget" : "remember") that stage \(SafeText.line(request.mark.stage)) \(request.what)"
    case .sources: return "read the previous release's recipe"
    case .appspec(let step): return step.sentence
    }
  }
}

extension AppSpecStep {
  fileprivate var sentence: String {
    let release = release?.rawValue ?? ""
    switch phase {
    case .event(.downloadBundle): return "unpack release \(release) for its appspec file"
    case .event(.install): return "install the files of release \(release) by its appspec file"
    case .event(let event) where event.concernsPrevious: return "run the \(event.rawValue) scripts of the revision that is installed"
    case .event(let event):
      return scripts.isEmpty
        ? "run the appspec file's \(event.rawValue) scripts" : "run " + SafeText.line(scripts.joined(separator: ", then "))
    case .back(let event): return "run the previous revision's \(event.rawValue) scripts"
    case .undo: return "put the files of the previous revision back"
    case .forget: return "drop what was kept for going back"
    case .remove: return "remove the files that were installed"
    }
  }
}

extension Check {
  fileprivate var sentence: String {
    switch self {
    case .http(let url, _): "check \(SafeText.line(url))"
    case .port(let port): "check port \(port)"
    case .command(let line): "check " + SafeText.line(line).squeezed(to: 160)
    }
  }
}

extension ScriptError {
  /// The failure's message on one line.
  package var line: String { SafeText.line(failure.message) }
  /// Returns the failure's message on one line, without the host's name at its beginning. This is for places that already show the host.
  package func line(on host: String?) -> String {
    guard let host, line.hasPrefix(host + ": ") else { return line }
    return String(line.dropFirst(host.count + 2))
  }
}

extension String {
  fileprivate func squeezed(to limit: Int) -> String {
    count > limit ? prefix(limit - 1) + "…" : self
  }
}

extension MarkRequest {
  fileprivate var what: String {
    switch (act, mark.state) {
    case (.again, .undoing): "is being undone"
    case (.begin, _), (.again, _): "begins"
    case (.drop, .undoing): "ran"
    case (.drop, _): "was begun"
    case (.end, .done): "is done"
    case (.end, .undone): "is undone"
    case (.end, _): "failed"
    }
  }
}
