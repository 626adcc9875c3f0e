/// What is unchanged on a host that the deployment does not change (P10 in docs/promises.md). The text lists only what was compared.
extension Plan {
  /// The part of a sentence that applies to all unchanged hosts: `same bundle, sources, parameters and shared paths`, followed by what is
  /// known about secrets.
  package var alike: String {
    let staying = hosts.filter { $0.action == .unchanged }
    let compared = staying.compactMap(\.secrets)
    let unknown = staying.filter { $0.secrets?.unknown.isEmpty == false }
    if let first = unknown.first, let secrets = first.secrets {
      let more = unknown.count > 1 ? " and \(unknown.count - 1) more" : ""
      let names = secrets.unknown.joined(separator: ", ")
      return "same bundle, sources, parameters and shared paths; the values of \(names) were not compared on \(first.host.name)\(more): "
        + (secrets.reason ?? "nothing is known of them")
    }
    if compared.contains(where: { !$0.same.isEmpty }) { return "same bundle, sources, parameters, shared paths and values of secrets" }
    return "same bundle, sources, parameters and shared paths"
  }

  /// Names of the secrets whose values have changed since a host's receipt was written.
  package var rotated: [String] {
    hosts.flatMap { $0.secrets?.changed ?? [] }.reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
  }
}
