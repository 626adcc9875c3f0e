import DeployCore
import DeployModel

extension Desk {
  /// The largest number of hosts that are asked for a bundle.
  private static let keepers = 5

  /// Returns the sources of the recipe that deployed a revision. An earlier survey of the hosts has stored these sources on this machine.
  /// - Throws: if neither this machine nor a host has the sources.
  func sources(of goal: Receipt) async throws(Problems) -> [SourceFile] {
    do { return try await shelf.sources(goal.inputs.sources) } catch {
      throw Problems(
        Problem(
          "the recipe \"\(goal.recipe)\" of deployment \(goal.deployment) is kept by no host that answers: \(error.message)",
          fix: "use the state folder that made that deployment (--state), or deploy: lander deploy \(goal.recipe)"), exit: .refused)
    }
  }

  /// Makes sure that the store has a revision's bundle. Files that are missing are fetched from hosts that keep the release, and each file
  /// is checked against its digest.
  /// - Throws: if no host has a complete and unchanged copy of the release. The problems say what was wrong on each host.
  func fetch(_ goal: Receipt, from keepers: [Host], at placement: Placement) async throws {
    let bundle = goal.inputs.bundle
    if (try? shelf.inspect(bundle.hex)) != nil { return }
    var problems: [Problem] = []
    for host in keepers.prefix(Self.keepers) {
      do throws(Failure) { return try await fetch(goal, from: host, at: host.place(placement.path)) } catch {
        if error.kind == .cancelled { throw error }
        problems.append(error.problem(of: host.name))
      }
    }
    let what = "bundle \(bundle.short) of deployment \(goal.deployment) is not in this state folder"
    let none = problems.isEmpty ? "and no host that answers keeps it whole" : "and no host has it as it was delivered"
    throw Problems(
      problems + [
        Problem(
          "\(what), \(none)",
          fix: "use the state folder that made that deployment (--state), or deploy the same files again: lander deploy --revision")
      ], exit: .refused)
  }

  private func fetch(_ goal: Receipt, from host: Host, at path: String) async throws(Failure) {
    let (bundle, release, reader) = (goal.inputs.bundle, goal.release.id, releases)
    let manifest = try await reader.manifest(of: release, on: host, at: path)
    let bytes = manifest.items.reduce(0) { $0.plus($1.size) }
    tell(.remark("Bundle \(bundle.short) is not in this state folder: bringing its \(bytes.inBytes) here from \(host.name) …"))
    let read: @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]] = { parts throws(Failure) in
      try await reader.read(parts, of: release, on: host, at: path)
    }
    try await shelf.take(bundle, manifest, from: "\(release) of \(host.name)", reading: read)
  }
}
