/// Slots are instances of one application on one machine. Each slot has its own folder below the application's path.
extension Host {
  /// The folder below an application's path that holds the folders of slots.
  package static let slotsFolder = "slots"

  /// The machine's name: the host's name without its slot. All slots of a machine share one connection.
  package var machine: String {
    guard let slot, name.hasSuffix("/" + slot) else { return name }
    return String(name.dropLast(slot.utf8.count + 1))
  }

  /// Whether a pattern matches this host's name or, for a slot, its machine's name.
  package func isCalled(by matches: (String) -> Bool) -> Bool { matches(name) || (slot != nil && matches(machine)) }
}
