extension Double {
  /// Reads a number in the form that people write, such as `-1.5` or `2e3`. Returns nil for any other text, also for `0x10`, `inf` and
  /// `nan`, which the other initialiser accepts.
  package init?(decimal text: some StringProtocol) {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
    self.init(String(text))
  }
}
