extension Entry {
  /// Whether the fact says who made the deployment, why, or how it ended. People ask about these facts later, and even a deployment to many
  /// hosts has only a few of them.
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

  /// The names of these facts in the stored journal.
  package static let outlineNames = [
    "planned", "resumed", "concluded", "said", "cancelled", "answered", "paused", "parked", "gateOpened", "gateClosed", "shifted",
    "stopped",
  ]
}
