/// Slots: instances of one application on one machine, each with a folder of its own below the application's path.
extension Host {
  /// The folder below an application's path that holds the folders of slots.
  package static let slotsFolder = "slots"

  /// The machine's name: the host's name without its slot. Slots of one machine share its connection.
  package var machine: String {
    guard let slot, name.hasSuffix("/" + slot) else { return name }
    return String(name.dropLast(slot.utf8.count + 1))
  }

  /// Whether a name means this host: its own name, or its machine's if it is a slot.
  package func isCalled(by matches: (String) -> Bool) -> Bool { matches(name) || (slot != nil && matches(machine)) }
}
