/// The machine in a URL.
struct LabAddress: Sendable {
  /// The name or the address in lower case, without brackets and without a dot at the end.
  let name: String

  init(_ url: String) {
    let rest = url.drop { $0 != "/" }.drop { $0 == "/" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
    let host = place.hasPrefix("[") ? place.dropFirst().prefix { $0 != "]" && $0 != "%" } : place.prefix { $0 != ":" }
    let lower = host.lowercased()
    name = lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }

  /// Whether the URL leads to this machine: through a loopback address in any form, through the unspecified address (which also connects to
  /// this machine), or through the machine's name.
  /// - Parameter machine: the name of this machine.
  func isThisMachine(named machine: String) -> Bool {
    if name == "localhost" || name.hasSuffix(".localhost") || name == "localhost.localdomain" || name == "ip6-localhost" { return true }
    let own = machine.lowercased()
    if name == own || name == own.prefix(while: { $0 != "." }) { return !name.isEmpty }
    return name.contains(":") ? Self.isLoopback6(name) : Self.isLoopback4(name)
  }

  /// Whether an IPv6 address is `::`, `::1`, or an IPv4 address of this machine in IPv6 form.
  private static func isLoopback6(_ text: String) -> Bool {
    if text.hasPrefix("::ffff:") {
      let rest = text.dropFirst(7)
      if rest.contains(".") { return isLoopback4(String(rest)) }
      return rest.hasPrefix("7f") && rest.prefix { $0 != ":" }.count == 4
    }
    let digits = text.filter { $0 != ":" && $0 != "0" }
    return digits.isEmpty || digits == "1" && text.hasSuffix("1")
  }

  /// Whether an IPv4 address is 0.0.0.0 or begins with 127. The address can have fewer than four parts, and the parts can be octal or
  /// hexadecimal.
  private static func isLoopback4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { part -> UInt32? in
      if part.hasPrefix("0x") { return UInt32(part.dropFirst(2), radix: 16) }
      return part.count > 1 && part.hasPrefix("0") ? UInt32(part.dropFirst(), radix: 8) : UInt32(part)
    }
    let numbers = parts.compactMap(\.self)
    guard numbers.count == parts.count, (1...4).contains(numbers.count), numbers.dropLast().allSatisfy({ $0 < 256 }) else { return false }
    let rest = UInt64(1) << UInt64(8 * (5 - numbers.count))
    guard let last = numbers.last, UInt64(last) < rest else { return false }
    let first = numbers.count == 1 ? last >> 24 : numbers[0]
    return first == 127 || numbers.allSatisfy { $0 == 0 }
  }
}
