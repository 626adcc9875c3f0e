import DeployModel

extension MachineFacts {
  /// - Parameters:
  ///   - fact: returns a line of the survey, given its first word.
  ///   - addresses: IPv4 addresses with dots, IPv6 addresses as 32 hexadecimal digits.
  init(surveyed fact: (String) -> String?, _ addresses: [String]) {
    self.init(
      distribution: fact("ID").flatMap(Self.unquoted), version: fact("VERSION_ID").flatMap(Self.unquoted),
      memory: fact("memory").flatMap { Int($0) }.map { $0.times(1024) },
      addresses: Self.distinct(addresses.prefix(Self.mostAddresses).compactMap(Self.address)), initSystem: fact("init"))
  }

  /// The largest number of addresses. A machine with containers can have thousands.
  private static let mostAddresses = 64

  /// Returns a value from an os-release file without its quotes, or nil if it is empty or longer than any real value.
  private static func unquoted(_ value: String) -> String? {
    let plain = value.filter { $0 != "\"" && $0 != "'" }
    return plain.isEmpty || plain.utf8.count > 64 ? nil : plain
  }

  private static func distinct(_ addresses: [String]) -> [String] {
    addresses.enumerated().filter { index, one in !addresses[..<index].contains(one) }.map(\.element)
  }

  /// Returns an address as people write it: the longest run of zero groups in an IPv6 address becomes `::` (RFC 5952).
  private static func address(_ text: String) -> String? {
    guard text.utf8.count == 32 else { return text.utf8.count <= 15 ? text : nil }
    let digits = Array(text)
    let groups = (0..<8).compactMap { Int(String(digits[$0 * 4..<$0 * 4 + 4]), radix: 16) }
    guard groups.count == 8 else { return nil }
    var longest = 0..<0
    for start in 0..<8 {
      let end = groups[start...].firstIndex { $0 != 0 } ?? 8
      if end - start > max(1, longest.count) { longest = start..<end }
    }
    func words(_ part: ArraySlice<Int>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    return longest.isEmpty ? words(groups[...]) : words(groups[..<longest.lowerBound]) + "::" + words(groups[longest.upperBound...])
  }
}
