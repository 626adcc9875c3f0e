/// What a task does on each of its hosts. The hosts keep their release.
package struct HostTask: Sendable, Hashable, Codable {
  /// What is done around the function of a task.
  package enum Around: String, Sendable, Hashable, Codable {
    /// The host leaves the traffic before, and joins it again once it is valid.
    case drain
    /// In addition, the application is stopped before and started after the function.
    case restart
  }

  package let name: String
  /// `function(host, deployment)` of the plan's own recipe; nil: there is none.
  package let function: Int?
  /// What is done around the function; nil: nothing.
  package let around: Around?

  package init(name: String, function: Int?, around: Around? = nil) {
    self.name = name
    self.function = function
    self.around = around
  }

  /// The lifecycle events whose hooks run: those that take the host out of service come before the function, the others after it.
  package var events: [LifecycleEvent] {
    switch around {
    case nil: []
    case .drain: Segment.stop.events.filter { $0 != .applicationStop } + Segment.validate.events + Segment.admit.events
    case .restart: Segment.stop.events + Segment.start.events + Segment.validate.events + Segment.admit.events
    }
  }
}
