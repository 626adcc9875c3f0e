/// What a task does on each of its hosts. The hosts keep their release.
package struct HostTask: Sendable, Hashable, Codable {
  /// What happens before and after the function of a task.
  package enum Around: String, Sendable, Hashable, Codable {
    /// The host leaves the traffic before the function, and joins the traffic again once it has been validated.
    case drain
    /// Like `drain`, but the application is also stopped before the function and started after it.
    case restart
  }

  package let name: String
  /// The number of the recipe's `function(host, deployment)`, or nil if the task has no function for hosts.
  package let function: Int?
  /// What happens before and after the function, or nil if there is nothing.
  package let around: Around?

  package init(name: String, function: Int?, around: Around? = nil) {
    self.name = name
    self.function = function
    self.around = around
  }

  /// The lifecycle events whose hooks run. Events that take the host out of service come before the function, the other events after it.
  package var events: [LifecycleEvent] {
    switch around {
    case nil: []
    case .drain: Segment.stop.events.filter { $0 != .applicationStop } + Segment.validate.events + Segment.admit.events
    case .restart: Segment.stop.events + Segment.start.events + Segment.validate.events + Segment.admit.events
    }
  }
}
