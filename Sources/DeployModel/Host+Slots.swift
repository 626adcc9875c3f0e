/// Slots: instances of one application on one machine, each with a folder of its own below the application's path.
extension Host {
  /// The folder below an application's path that holds the folders of slots.
  package static let slotsFolder = "slots"

  /// What it is an instance on: its name without its slot. Slots of one machine share the connection to it.
  package var machine: String {
    guard let slot, name.hasSuffix("/" + slot) else { return name }
    return String(name.dropLast(slot.utf8.count + 1))
  }

  /// Whether it is meant by a name: its own, or that of the machine that it is a slot of.
  package func isCalled(by matches: (String) -> Bool) -> Bool { matches(name) || (slot != nil && matches(machine)) }
}
