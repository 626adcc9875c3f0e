import DeployModel
import Testing

@testable import DeployCore

@Suite("Locking")
struct LockingTests {
  @Test("asks the first host in the order of names, then all others at once, then has them all")
  func order() {
    var locking = Locking([(0, "c"), (1, "a"), (2, "b")])
    #expect(locking.next() == .ask([1]))
    #expect(locking.next() == .wait)
    locking.took(1)
    #expect(locking.next() == .ask([2, 0]))
    locking.took(0)
    #expect(locking.next() == .wait)
    locking.took(2)
    #expect(locking.next() == .held)
    #expect(locking.held == [1, 0, 2])
  }

  @Test("gives up with the first reason, and only when every host has answered")
  func refused() {
    var locking = Locking([(0, "a"), (1, "b"), (2, "c")])
    _ = locking.next()
    locking.took(0)
    _ = locking.next()
    let (first, second) = (Failure(.locked, "locked"), Failure(.unreachable, "gone"))
    locking.refused(first)
    #expect(locking.next() == .wait)
    locking.refused(second)
    #expect(locking.next() == .giveUp(first, holder: nil))
    #expect(locking.held == [0])
  }

  @Test("does without hosts that are left out, and asks the others although the first was one of them")
  func leftOut() {
    var locking = Locking([(0, "a"), (1, "b")])
    _ = locking.next()
    locking.leftOut()
    #expect(locking.next() == .ask([1]))
    locking.took(1)
    #expect(locking.next() == .held)
  }

  @Test("asks nobody any more once the deployment is cancelled")
  func cancelled() {
    var locking = Locking([(0, "a"), (1, "b")])
    _ = locking.next()
    locking.took(0)
    guard case .giveUp(let failure, nil) = locking.next(isCancelled: true) else { return #expect(Bool(false), "it does not give up") }
    #expect(failure.kind == .cancelled)
  }

  @Test("is done when every awaited host has its lock back")
  func back() {
    var locking = Locking([(0, "a")])
    locking.givesBack()
    locking.givesBack()
    locking.gaveBack()
    #expect(!locking.isDone)
    locking.gaveBack()
    #expect(locking.isDone)
  }
}

@Suite("Uploading")
struct UploadingTests {
  @Test("sends to so many hosts at once, and to the next when one has ended")
  func width() {
    var uploading = Uploading(Array(0..<60))
    var sent: [Int] = []
    while case .send(let host) = uploading.next(mayBegin: true) { sent.append(host) }
    #expect(sent == Array(0..<Uploading.width))
    uploading.ended()
    #expect(uploading.next(mayBegin: true) == .send(50))
    #expect(uploading.next(mayBegin: true) == .wait)
  }

  @Test("begins nothing once the deployment has failed, and is done when the last one has ended")
  func failed() {
    var uploading = Uploading([3, 4])
    #expect(uploading.next(mayBegin: true) == .send(3))
    #expect(uploading.next(mayBegin: false) == .wait)
    uploading.ended()
    #expect(uploading.next(mayBegin: false) == .done)
  }

  @Test("is done at once if no host needs it")
  func empty() {
    var uploading = Uploading([])
    #expect(uploading.next(mayBegin: true) == .done)
  }
}

@Suite("A wave")
struct WaveTests {
  @Test("starts as many hosts as its own bound and the deployment's let it, and ends with the last")
  func bounds() {
    var admission = Admission(plan: plan(hosts: 3, parallel: 2))
    var wave = Wave([0, 1, 2], parallel: 5)
    for host in 0..<2 {
      #expect(wave.next(admission, mayBegin: true) == .start(host))
      admission.started(host)
    }
    #expect(wave.next(admission, mayBegin: true) == .wait)
    admission.ended(0, .succeeded, hadRelease: true)
    wave.ended(0, .succeeded)
    #expect(wave.next(admission, mayBegin: true) == .start(2))
    wave.ended(1, .restored(ScriptError(Failure(.failed, "no"))))
    wave.ended(2, .succeeded)
    #expect(wave.next(admission, mayBegin: true) == .ended)
    #expect(wave.result == WaveResult(succeeded: [0, 2], failed: [1]))
  }

  @Test("says that no host may ever be started if the floor is reached and none is under way")
  func never() {
    let admission = Admission(plan: plan(hosts: 2, floor: 2))
    var wave = Wave([0, 1])
    guard case .never(let reason) = wave.next(admission, mayBegin: true) else { return #expect(Bool(false), "a host may be started") }
    #expect(reason == "2 of 2 hosts serve and the floor is 2, so none may be taken out of service")
  }

  @Test("begins no host once the deployment has failed, and waits for those under way")
  func failed() {
    let admission = Admission(plan: plan(hosts: 2))
    var wave = Wave([0, 1], parallel: 0)
    #expect(wave.next(admission, mayBegin: true) == .start(0))
    #expect(wave.next(admission, mayBegin: false) == .wait)
    wave.ended(0, .restored(ScriptError(Failure(.failed, "no"))))
    #expect(wave.next(admission, mayBegin: false) == .ended)
  }
}

@Suite("The run of a host")
struct HostRunTests {
  private let hooks: [(LifecycleEvent, Int)] = [(.applicationStop, 0), (.applicationStart, 1)]

  /// Returns the run's moves until it ends. Each step ends with the failure that `outcome` returns; nil: it succeeds.
  private func moves(
    _ run: inout HostRun, _ plan: Plan, _ outbox: inout Outbox, outcome: (HostRun.Move) -> Failure? = { _ in nil }
  ) -> [String] {
    var words: [String] = []
    var move = run.next(in: plan, unless: nil, &outbox)
    while true {
      switch move {
      case .perform(let operation, _): words.append(operation.verb)
      case .hook(let body, let site): words.append("\(site.event?.rawValue ?? "-") \(body.function)")
      case .failed(let error, let isUntouched):
        words.append("failed")
        run.goBack(error, isUntouched: isUntouched, in: plan, &outbox)
        move = run.next(in: plan, unless: nil, &outbox)
        continue
      case .ended(let status):
        words.append("\(status)".prefix { $0 != "(" }.description)
        return words
      }
      move = run.stepEnded(outcome(move).map { ScriptError($0) }, in: plan, &outbox) ?? run.next(in: plan, unless: nil, &outbox)
    }
  }

  @Test("takes the host forward, step by step, and says which events began and ended")
  func forward() {
    let p = plan(hosts: 1, hooks: hooks)
    var (run, outbox) = (HostRun(0, in: p, staged: true), Outbox())
    #expect(moves(&run, p, &outbox) == ["ApplicationStop 0", "activate", "ApplicationStart 1", "record", "prune", "succeeded"])
    #expect(outbox.effects.first == .note(.eventBegan(host: 0, .applicationStop)))
    #expect(outbox.effects.last == .note(.eventEnded(host: 0, .applicationStart, error: nil)))
  }

  @Test("takes it back when a vital step fails, by that release's own hooks")
  func back() {
    let p = plan(hosts: 1, hooks: hooks)
    var (run, outbox) = (HostRun(0, in: p, staged: true), Outbox())
    var starts = 0
    let words = moves(&run, p, &outbox) { move in
      guard case .hook(let body, _) = move, body.function == 1 else { return nil }
      starts += 1
      return starts == 1 ? Failure(.command, "exit 1") : nil
    }
    let start = ["ApplicationStop 0", "activate", "ApplicationStart 1", "failed"]
    #expect(words == start + ["ApplicationStop 0", "activate", "ApplicationStart 1", "discard", "restored"])
    #expect(run.cause?.failure.message == "exit 1")
  }

  @Test("a host that is cancelled before its first step is untouched, and one that is unreachable is unknown")
  func ends() {
    let p = plan(hosts: 1, hooks: hooks)
    var (run, outbox) = (HostRun(0, in: p, staged: true), Outbox())
    guard case .failed(_, isUntouched: true) = run.next(in: p, unless: Failure(.cancelled, "Ctrl-C"), &outbox) else {
      return #expect(Bool(false), "it is not untouched")
    }
    var other = HostRun(0, in: p, staged: true)
    #expect(moves(&other, p, &outbox) { _ in Failure(.unreachable, "gone") }.last == "unknown")
  }

  @Test("only what may take long is interrupted, and nothing on the way back")
  func interruptible() {
    let p = plan(hosts: 1, hooks: hooks)
    var (run, outbox) = (HostRun(0, in: p, staged: false), Outbox())
    _ = run.next(in: p, unless: nil, &outbox)
    run.waiting = .script(7)
    #expect(run.interruptible == .script(7))
    for intent in [8, 9] {
      _ = run.stepEnded(nil, in: p, &outbox) ?? run.next(in: p, unless: nil, &outbox)
      run.waiting = .intent(intent)
      // Intent 8 sends the release, and the next one makes it current.
      #expect(run.interruptible == (intent == 8 ? .intent(8) : .nothing))
    }
    run.goBack(ScriptError(Failure(.cancelled, "Ctrl-C")), isUntouched: false, in: p, &outbox)
    run.waiting = .script(10)
    #expect(run.interruptible == .nothing)
  }
}

@Suite("The tree of scripts")
struct ScriptTreeTests {
  private let body = Body(recipe: 0, function: 0)

  private func root(_ tree: inout ScriptTree, _ outbox: inout Outbox, owner: ScriptTree.Owner = .stage) -> ScriptID {
    let id = tree.startRoot(body, on: .deployment, owner: owner, site: Intent.Site(stage: "s"), &outbox)
    _ = outbox.drain()
    return id
  }

  @Test("leaves operations, decisions and ends to the rollout")
  func moves() {
    var (tree, outbox) = (ScriptTree(), Outbox())
    let id = root(&tree, &outbox, owner: .strategy)
    let operation = DeployModel.Operation.run(Command(.shell("x")))
    #expect(
      tree.stepped(id, Step(.asked(.perform(.engine, operation, timeout: nil))), &outbox) == .perform(id, .engine, operation, timeout: nil))
    #expect(tree.stepped(id, Step(.asked(.decide(.wait(.seconds(1))))), &outbox) == .decide(id, .wait(.seconds(1))))
    #expect(tree.stepped(id, Step(.ended(.returned(.null)), log: [LogLine(.info, "done")]), &outbox) == .ended(.strategy, .returned(.null)))
    #expect(tree.activeRoots == 0 && tree.roots.isEmpty)
    #expect(outbox.drain() == [.note(.log(host: nil, LogLine(.info, "done")))])
  }

  @Test("a script that waits for time is told at once that it is cancelled, and its timer means nothing any more")
  func cancelled() {
    var (tree, outbox) = (ScriptTree(), Outbox())
    let id = root(&tree, &outbox)
    _ = tree.stepped(id, Step(.asked(.sleep(.minutes(5)))), &outbox)
    #expect(outbox.drain() == [.ring(timer: 1, after: .minutes(5))])
    let reason = Failure(.cancelled, "Ctrl-C")
    tree.cancel(id, reason, &outbox)
    #expect(outbox.drain() == [.ring(timer: 2, after: Deadlines.grace), .step(id, .cancel(reason))])
    #expect(outbox.rang(timer: 1) == .nobody)
    #expect(outbox.rang(timer: 2) == .grace(of: id))
  }

  @Test("a script whose clean-up takes too long is ended where it stands, with everything it started")
  func grace() {
    var (tree, outbox) = (ScriptTree(), Outbox())
    let id = root(&tree, &outbox)
    tree.cancel(id, Failure(.cancelled, "Ctrl-C"), &outbox)
    tree.answer(id, .begin, &outbox)
    _ = tree.stepped(id, Step(.asked(.spawn([body, body], limit: 2, keepGoing: true))), &outbox)
    tree[id + 1].waiting = .intent(outbox.perform(.engine, .run(Command(.shell("x"))), for: .script(id + 1), site: Intent.Site()))
    _ = outbox.drain()
    guard case .ended(.stage, .raised(let error))? = tree.graceEnded(id, &outbox) else { return #expect(Bool(false), "it does not end") }
    #expect(error.failure.message == "Ctrl-C")
    #expect(outbox.drain() == [.cancel(intent: 1), .kill(id + 1), .kill(id + 2), .kill(id)])
  }

  @Test("of siblings the others are cancelled when one fails, and the parent gets every result in order")
  func siblings() {
    var (tree, outbox) = (ScriptTree(), Outbox())
    let id = root(&tree, &outbox)
    _ = tree.stepped(id, Step(.asked(.spawn([body, body, body], limit: 2, keepGoing: false))), &outbox)
    _ = tree.stepped(id + 1, Step(.asked(.sleep(.minutes(5)))), &outbox)
    _ = outbox.drain()
    let error = ScriptError(Failure(.failed, "no"))
    #expect(tree.stepped(id + 2, Step(.ended(.raised(error))), &outbox) == nil)
    let cancel = Answer.cancel(Failure(.cancelled, "another one failed: no"))
    #expect(outbox.drain() == [.ring(timer: 2, after: Deadlines.grace), .step(id + 1, cancel)])
    _ = tree.stepped(id + 1, Step(.ended(.returned(.int(1)))), &outbox)
    guard case .step(id, .results(let results))? = outbox.drain().last else { return #expect(Bool(false), "the parent is not answered") }
    #expect(results.map { $0.error?.failure.message } == [nil, "no", "skipped because another one failed first"])
  }
}
