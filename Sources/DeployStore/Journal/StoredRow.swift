import GRDB

/// The fields of a row in a file that might be damaged, so that a field might be missing or of any kind. Only this type reads rows, because
/// GRDB's own subscript ends the program if a field is of an unexpected kind.
struct StoredRow {
  private let row: Row
  init(_ row: Row) { self.row = row }

  /// Returns a field by its index, or nil if it is missing or of another kind.
  subscript<Value: DatabaseValueConvertible>(_ index: Int) -> Value? {
    guard index < row.count else { return nil }
    return Value.fromDatabaseValue(row[index] as DatabaseValue)
  }

  /// Returns a field by the name of its column, or nil if there is no such column, or if the field is missing or of another kind.
  subscript<Value: DatabaseValueConvertible>(_ name: String) -> Value? {
    guard row.hasColumn(name) else { return nil }
    return Value.fromDatabaseValue(row[name] as DatabaseValue)
  }

  /// Returns the bytes of a blob, or nil if the field is missing or is not a blob.
  func bytes(_ index: Int) -> [UInt8]? {
    guard index < row.count, case .blob(let data) = (row[index] as DatabaseValue).storage else { return nil }
    return Array(data)
  }
}
