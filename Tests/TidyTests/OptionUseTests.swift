import Testing

/// Help lists only options that have an effect.
@Suite struct OptionUseTests {
  private static let declared = Pattern(#"@(?:Option|Flag|Argument|OptionGroup)\b[^@]*?\bvar (\w+)"#)

  @Test("the code of a command or of a group of options reads each option that it declares")
  func read() {
    let files = SourceTree.here.swift(under: "Sources/lander").map { (file: $0, code: Blanked($0.text).text) }
    var found = 0
    for (file, code) in files {
      let isCommand = file.path.contains("/Commands/")
      for (line, name) in Self.declared.matches(in: code) {
        found += 1
        // The options for the result are read before the command is parsed.
        if name == "form" || file.name == "AppSpecRunCommand.swift" && name == "json" { continue }
        let isReadHere = Pattern(#"\b\#(name)\b"#).matches(in: code).count > 1
        let owner = file.name.prefix { $0 != "." }
        let isReadElsewhere = files.contains { other in
          guard other.file.path != file.path else { return false }
          let isExtension = Pattern(#"\bextension \#(owner)\b"#).found(in: other.code) && Pattern(#"\b\#(name)\b"#).found(in: other.code)
          return isExtension || !isCommand && Pattern(#"\.\#(name)\b"#).found(in: other.code)
        }
        #expect(isReadHere || isReadElsewhere, "\(file.path):\(line + 1) option \(name) has no effect: remove it, or refuse it")
      }
    }
    #expect(found > 150, "only \(found) options were found")
  }
}
