package import DeployModel

/// The question of a task, decoded from bytes.
package struct Question {
  /// The fields of a record, in the order of their names, or empty if the question has values by their position.
  package var fields: [(name: String, value: Value)] = []
  /// The values by their position, or empty if the question is a record.
  package var values: [Value] = []

  /// Decodes the bytes. Malformed bytes result in fewer values, never in a crash.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    if let fields = WireReader.fields(bytes) { self.fields = fields } else { values = WireReader.values(bytes) }
  }
}
