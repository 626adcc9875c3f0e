import DeployCore
import DeployModel

/// Checks the rules for gates (P5): only one gate is open at a time, each gate is opened and answered once, and no gate passes without an
/// answer.
extension Checkers {
  mutating func opened(_ engine: Int, _ number: Int, _ gate: Gate) {
    let (last, isOpen) = (watches[engine].gates, watches[engine].openGate != nil)
    check(number == last + 1, "P2", "gate \(number) follows gate \(last) in the journal")
    check(!isOpen, "P5", "gate \(number) was opened before gate \(last) was closed")
    let (failed, wave) = (watches[engine].failedGate, watches[engine].openWave)
    check(failed == nil, "P5", "gate \(number) was opened after gate \(failed ?? 0) had failed")
    check(wave == nil, "P5", "gate \(number) was opened in the middle of wave \(wave ?? 0)")
    watches[engine].gates = number
    watches[engine].openGate = gate
    watches[engine].isApproved = false
    watches[engine].signers = []
  }

  mutating func closed(_ engine: Int, _ number: Int, _ answer: GateAnswer) {
    let last = watches[engine].gates
    guard let gate = watches[engine].openGate, number == last else {
      return check(false, "P2", "gate \(number) was answered twice, or never asked")
    }
    watches[engine].openGate = nil
    if answer.verdict == .pass, gate.kind == .approval || gate.kind == .pause {
      let isApproved = watches[engine].isApproved
      check(isApproved, "P5", "gate \(number) waits for a person, and was passed though nobody said so")
    }
    if answer.verdict == .fail, gate.failing == .fail { watches[engine].failedGate = number }
  }

  /// P5: an operation of a strategy or a stage does not begin during a pause. Operations of hooks, which have a lifecycle event, are
  /// allowed to begin. So are operations of the traffic adapter, which have a stage of their own.
  mutating func held(_ engine: Int, _ intent: Intent) {
    guard watches[engine].holds, watches[engine].plan.flow.rules != nil, intent.site.event == nil, intent.site.stage != "traffic" else {
      return
    }
    switch intent.operation {
    case .run, .check, .http, .read, .exists, .write, .link, .upload, .download:
      check(false, "P5", "\(intent.operation.verb) (intent \(intent.id)) was begun while the deployment was paused")
    default: break
    }
  }

  /// P5: no decision of a strategy begins during a pause.
  mutating func decided(_ engine: Int, _ what: String) {
    let holds = watches[engine].holds && watches[engine].plan.flow.rules != nil
    check(!holds, "P5", "\(what) while the deployment was paused")
  }

  /// Handles a message that is in the journal of a deployment.
  mutating func said(_ engine: Int, _ message: Message) {
    guard let gate = watches[engine].openGate else { return }
    switch (message.kind, gate.kind) {
    case (.approve, .approval):
      guard let from = gate.from else {
        watches[engine].isApproved = true
        return
      }
      guard let signer = message.signer, from.contains(signer), !watches[engine].signers.contains(signer) else { return }
      watches[engine].signers.append(signer)
      watches[engine].isApproved = watches[engine].signers.count >= gate.count ?? 1
    case (.resume, .pause): watches[engine].isApproved = true
    default: break
    }
  }
}
