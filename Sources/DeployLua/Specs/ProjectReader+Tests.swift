import DeployModel

extension ProjectReader {
  /// Returns the tests that a test file described.
  func tests(_ value: Value) -> [SpecTest] {
    list(value["tests"]).enumerated().compactMap { index, test in
      guard let title = test["title"]?.text, let place = place(test) else { return nil }
      var read = SpecTest(names: list(test["groups"]).compactMap(\.text) + [title], place: place, index: index + 1)
      read.isLab = test["lab"]?.bool == true
      return read
    }
  }
}
