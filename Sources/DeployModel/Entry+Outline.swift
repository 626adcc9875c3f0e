extension Entry {
  /// Whether it says who, why, or what was left: what people ask about afterwards. Of a deployment of many hosts these are few.
  package var isOutline: Bool {
    switch fact {
    case .planned, .resumed, .concluded: true
    case .happened(let happening):
      switch happening {
      case .said, .cancelled: true
      case .started, .finished, .rang, .overtaken, .parks, .unparks, .revived: false
      }
    case .intended: false
    case .noted(let note):
      switch note {
      case .answered, .paused, .parked, .gateOpened, .gateClosed, .shifted, .stopped: true
      default: false
      }
    }
  }

  /// Names under which the journal keeps these facts.
  package static let outlineNames = [
    "planned", "resumed", "concluded", "said", "cancelled", "answered", "paused", "parked", "gateOpened", "gateClosed", "shifted",
    "stopped",
  ]
}
