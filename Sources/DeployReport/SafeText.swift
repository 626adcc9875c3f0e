/// Makes text from hosts safe to print. Nothing in the safe text can move a cursor, set a title, or give commands to a CI system.
package enum SafeText {
  /// Returns the text as one safe line. Control characters become caret notation. Characters that are invisible or change the direction of
  /// writing become numbers. A space is inserted into each command for a CI system, so that it is no longer a command.
  package static func line(_ text: some StringProtocol) -> String {
    var text = String(text)
    return text.withUTF8 { line($0) }
  }

  /// - Parameter bytes: valid UTF-8. A line of output might have many megabytes, so this works on bytes and takes linear time.
  private static func line(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard bytes.contains(where: { $0 < 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "#") }) else {
      return disarmed(String(decoding: bytes, as: UTF8.self))
    }
    var safe: [UInt8] = []
    safe.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      var length = 1
      switch byte {
      case UInt8(ascii: "#") where isOpening(bytes[index...]):
        safe += Array("# #".utf8)
        length = 2
      case 0x20..<0x7F: safe.append(byte)
      case 0x09: safe += [0x20, 0x20]
      case 0x0A, 0x0D: safe.append(0x20)
      case 0x00..<0x20: safe += [UInt8(ascii: "^"), byte + 0x40]
      case 0x7F: safe += Array("^?".utf8)
      default:
        length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        let code = bytes[(index + 1)..<(index + length)].reduce(UInt32(byte & 0x7F >> UInt8(length))) { $0 << 6 | UInt32($1 & 0x3F) }
        if Unicode.Scalar(code).map(isHidden) ?? true {
          safe += Array("<U+\(String(code, radix: 16, uppercase: true))>".utf8)
        } else {
          safe += bytes[index..<(index + length)]
        }
      }
      index += length
    }
    return disarmed(String(decoding: safe, as: UTF8.self))
  }

  /// Whether the bytes begin with a sequence that GitHub, Azure or TeamCity treats as a command anywhere in a line.
  private static func isOpening(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    bytes.starts(with: "##[".utf8) || bytes.starts(with: "##vso[".utf8) || bytes.starts(with: "##teamcity[".utf8)
  }

  /// Whether a character is invisible but changes how the text around it is read. Such characters are C1 controls, direction marks and
  /// overrides, zero-width spaces, and tag characters. U+200C and U+200D, which join characters in emoji and Indic scripts, are harmless.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x80..<0xA0, 0xAD, 0x034F, 0x061C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB, 0x1D173...0x1D17A, 0xE0000...0xE007F:
      true
    default: false
    }
  }

  /// Returns the lines of a text, each made harmless. As on a terminal, the part of a line that was overwritten after a carriage return is
  /// left out. Colours are left out too. They hide nothing, and in caret notation they would make the line hard to read.
  package static func lines(_ text: String) -> [String] {
    var text = text
    return text.withUTF8 { bytes in
      var lines: [String] = []
      var start = 0
      while start < bytes.count {
        let feed = bytes[start...].firstIndex(of: 0x0A)
        var end = feed ?? bytes.count
        if feed != nil, end > start, bytes[end - 1] == 0x0D { end -= 1 }
        lines.append(withoutColours(shown(bytes[start..<end])))
        start = (feed ?? bytes.count) + 1
      }
      return lines
    }
  }

  /// Returns what a terminal still shows after it has printed the whole line: the last text between carriage returns.
  private static func shown(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    guard let last = bytes.lastIndex(where: { $0 != 0x0D }) else { return bytes }
    return bytes[((bytes[..<last].lastIndex(of: 0x0D) ?? bytes.startIndex - 1) + 1)...last]
  }

  /// Returns a line made harmless, without the sequences that only set colours and weights: `ESC [`, numbers, `m`.
  private static func withoutColours(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    guard bytes.contains(0x1B) else { return line(UnsafeBufferPointer(rebasing: bytes)) }
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == 0x1B, bytes[index...].starts(with: [0x1B, 0x5B]) {
        let end = bytes[(index + 2)...].firstIndex { !(0x30...0x3B).contains($0) }
        if let end, bytes[end] == UInt8(ascii: "m") {
          index = end + 1
          continue
        }
      }
      kept.append(bytes[index])
      index += 1
    }
    return kept.withUnsafeBufferPointer { line($0) }
  }

  /// Returns a line of a report without the styles of a terminal.
  package static func plain(_ line: String) -> String {
    guard line.utf8.contains(0x1B) else { return line }
    var plain = ""
    var isStyle = false
    for scalar in line.unicodeScalars {
      if scalar.value == 0x1B { isStyle = true }
      if !isStyle { plain.unicodeScalars.append(scalar) }
      if scalar == "m" { isStyle = false }
    }
    return plain
  }

  /// Returns the last lines of a text, each cut to at most `width` characters.
  package static func tail(_ text: String, lines count: Int, width: Int = 400) -> [String] {
    lines(String(text.suffix(count * (width + 100)))).suffix(count).map {
      $0.count > width ? $0.prefix(width - 1) + "…" : $0
    }
  }

  /// Changes a line that begins with something that GitHub and other CI systems treat as a command, such as `::error…`. GitHub's runner
  /// ignores Unicode white space before `::`, so a command is also recognised after such white space.
  private static func disarmed(_ line: String) -> String {
    let scalars = line.unicodeScalars
    guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }), scalars[start...].starts(with: "::".unicodeScalars) else {
      return line
    }
    var line = line
    line.unicodeScalars.insert(" ", at: scalars.index(after: start))
    return line
  }
}
