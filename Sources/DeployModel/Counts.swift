/// Numbers in the form in which people read them.
extension Int {
  /// The number as bytes with a unit, in powers of 1000: `512 B`, `60.1 MB`, `1.2 GB`.
  package var inBytes: String {
    var amount = Double(self)
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    while amount >= 999.5, unit < units.count - 1 {
      amount /= 1000
      unit += 1
    }
    if unit == 0 { return "\(self) B" }
    let tenths = Int((amount * 10).rounded())
    return amount < 99.95 && tenths % 10 != 0
      ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(Int(amount.rounded())) \(units[unit])"
  }

  /// The number with thousands separators: `3,000`.
  package var grouped: String {
    var digits = String(magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// The number with a noun, in the plural unless the number is 1: `1 host`, `3,000 files`.
  package func of(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}
