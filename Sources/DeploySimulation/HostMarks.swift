import DeployCore
import DeployModel

/// The marks of stages on a simulated host.
extension SimulatedHost {
  mutating func mark(_ request: MarkRequest) -> Outcome {
    let new = request.mark
    let found = marks.firstIndex { $0.isAbout(new.stage, of: new.revision) }
    let old = found.map { marks[$0] }
    let isOwn = [.begun, .undoing].contains(old?.state) && old?.deployment == new.deployment
    switch request.act {
    case .begin:
      if let old, ![.failed, .undone].contains(old.state), !isOwn, defect != .stageForgotten { return .done(old.value) }
    case .drop:
      if let found, isOwn { marks.remove(at: found) }
      return .done()
    case .again, .end: break
    }
    if let found { marks[found] = new } else { marks.append(new) }
    return .done()
  }
}
