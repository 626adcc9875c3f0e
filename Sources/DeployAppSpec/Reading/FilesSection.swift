/// One entry of `files`: a part of the bundle, and the folder on the host where it is installed.
package struct FileMapping: Sendable, Hashable {
  /// The path in the bundle. A leading slash changes nothing, and `/` is the whole bundle.
  package var source: String
  /// A folder on the host, as written in the appspec file.
  package var destination: String
  package var line: Int
  /// Why the entry cannot be installed although the file is valid, or nil if it can be installed. The only possible reason is a number in
  /// place of a path.
  package var defect: String?

  package init(source: String, destination: String, line: Int = 1, defect: String? = nil) {
    self.source = source
    self.destination = destination
    self.line = line
    self.defect = defect
  }

  static func read(_ node: SpecNode?) -> (items: [FileMapping], problems: [SpecProblem]) {
    var problems: [SpecProblem] = []
    var items: [FileMapping] = []
    for entry in SpecSection.entries(of: node, named: "files", problems: &problems) {
      guard let source = entry["source"], source.scalar != .null else {
        problems.append(
          SpecProblem(.files, "this entry of files specifies a destination, but no source file", line: entry.line, fix: "source: /"))
        continue
      }
      guard let destination = entry["destination"], destination.scalar != .null else {
        problems.append(
          SpecProblem(
            .files, "this entry of files specifies only a source file (\(source.named))", line: entry.line,
            fix: "destination: the folder it goes to"))
        continue
      }
      if let long = [("source", source), ("destination", destination)].first(where: { ($0.1.text?.utf8.count ?? 0) > HostPath.longest }) {
        problems.append(SpecProblem(.files, HostPath.tooLong("a \(long.0) of files", long.1.text ?? ""), line: long.1.line))
        continue
      }
      let wrong = [("source", source), ("destination", destination)].first { $0.1.text == nil }
      items.append(
        FileMapping(
          source: source.text ?? "", destination: destination.text ?? "", line: entry.line,
          defect: wrong.map { "the \($0.0) of this entry of files is \($0.1.named), no path: put it in quotes" }))
    }
    return (items, problems)
  }
}
