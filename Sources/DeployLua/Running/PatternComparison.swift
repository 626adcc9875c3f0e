import CLua
package import DeployModel

/// Runs functions of `string`, from Lander's own library or from the stock library, so that tests can compare the two.
package enum PatternComparison {
  /// Returns the result of `string.<function>(arguments…)` as text: one value a line, or `error: …`.
  package static func run(stock: Bool, _ function: String, _ arguments: [Value]) -> String {
    var writer = WireWriter()
    for argument in arguments { writer.put(argument) }
    let result = writer.bytes.withUnsafeBufferPointer { clua_compare(stock, function, $0.baseAddress, $0.count) }
    guard let result else { return "no memory" }
    defer { clua_free(result) }
    return String(cString: result)
  }
}
