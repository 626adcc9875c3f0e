import DeployModel

/// The contents of an unpacked bundle, as listed on the host.
package struct BundleTree: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case file
    case directory
    /// A link to a file, or to nothing.
    case link
    /// A link to a folder. The value is the folder's physical path.
    case folderLink(HostPath)
    /// A device, socket or pipe.
    case special
  }

  /// The path of the bundle's folder, as it was requested.
  package let root: HostPath
  /// The physical path of the bundle's folder.
  package let physicalRoot: HostPath
  /// The kinds of the entries, by their paths from the root.
  private var kinds: [HostPath: Kind] = [:]
  private var children: [HostPath: [String]] = [:]

  /// The largest number of entries in a bundle. If a link leads to a folder, that folder's entries count once more.
  package static let limit = 1_000_000

  package init(root: HostPath, physicalRoot: HostPath? = nil, entries: [(path: String, kind: Kind)]) {
    self.root = root
    self.physicalRoot = physicalRoot ?? root
    for (path, kind) in entries {
      let place = HostPath.top.appending(path)
      kinds[place] = kind
      children[place.parent, default: []].append(place.name)
    }
    for place in children.keys { children[place]?.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
  }

  /// Returns the program that lists a folder. For each path, it prints a letter for the kind, and then the path. Links to folders are
  /// listed a second time, with the letter `L` and with their targets. Each record ends in NUL.
  package static func listing(of root: HostPath) -> ShellProgram {
    ShellProgram(
      """
      cd -- \(root.text.shellQuoted) || exit 1
      pwd -P | tr '\\n' '\\000'
      follow='for l do
        if [ -d "$l" ]; then t=$(cd -P -- "$l" && pwd -P && echo .); printf "L%s\\0%s\\0" "$l" "${t%??}"; fi
      done'
      case $(find --version 2>/dev/null) in
      *GNU*) find . -mindepth 1 '(' -type l -exec sh -c "$follow" sh {} + , -printf '%y%p\\0' ')' || exit 1 ;;
      *)
        for y in d f l p s b c; do
          find . -mindepth 1 -type $y -exec sh -c 'for p do printf "%s%s\\0" "$0" "$p"; done' $y {} + || exit 1
        done
        find . -type l -exec sh -c "$follow" sh {} + ;;
      esac
      """)
  }

  /// Reads the output of the listing.
  /// - Throws: if a name is not UTF-8, or the listing failed.
  package init(root: HostPath, listed result: ShellResult) throws(SpecProblem) {
    guard result.status == 0 else { throw result.problem("listing \(root)") }
    var records = result.records[...]
    guard let first = records.popFirst(), let physical = first else { throw result.problem("listing \(root)") }
    var entries: [(String, Kind)] = []
    var links: [HostPath: HostPath] = [:]
    var link: HostPath?
    for record in records {
      guard let record else {
        throw SpecProblem(
          .bundleInvalid, "the bundle has a file whose name is not UTF-8", fix: "rename it; find it with: find . | grep -avx '.*'")
      }
      if let from = link {
        links[from] = HostPath(record)
        link = nil
      } else if let letter = record.first {
        let path = String(record.dropFirst(3))
        if letter == "L" { link = HostPath.top.appending(path) } else { entries.append((path, Self.kind(letter))) }
      }
    }
    self.init(
      root: root, physicalRoot: HostPath(physical),
      entries: links.isEmpty ? entries : entries.map { ($0.0, links[HostPath.top.appending($0.0)].map(Kind.folderLink) ?? $0.1) })
  }

  private static func kind(_ letter: Character) -> Kind {
    switch letter {
    case "d": .directory
    case "f": .file
    case "l": .link
    default: .special
    }
  }
}

extension BundleTree {
  /// What a path in the bundle refers to after links to folders have been followed.
  package enum Source: Sendable, Hashable {
    case folder(HostPath)
    case file
    case link
    case missing
    /// A part of the path before the last one is not a folder.
    case blocked
  }

  /// Looks up the `source` of an entry of `files`.
  /// - Throws: category `bundle-escapes` if the path leaves the bundle through `..` or a link, or leads to a device.
  package func source(_ written: String) throws(SpecProblem) -> Source {
    var depth = 0
    for part in written.pathParts where part != "." {
      depth += part == ".." ? -1 : 1
      guard depth >= 0 else { throw SpecProblem(.bundleEscapes, "the source \(written) leaves the bundle by ..") }
    }
    var place = HostPath.top
    let whole = HostPath(expanding: written)
    for step in whole.ancestors + (whole == .top ? [] : [whole]) {
      place = place.appending(step.name)
      switch kinds[place] {
      case .directory: continue
      case .folderLink(let target): place = try inside(target, from: place)
      case nil: return .missing
      case .file, .link, .special:
        guard step == whole else { return .blocked }
        if kinds[place] == .special { throw special(place) }
        return kinds[place] == .link ? .link : .file
      }
    }
    return .folder(place)
  }

  /// One entry below a folder of the bundle. `path` is relative to that folder.
  package struct Found: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case folder, file, link }
    package var path: String
    package var kind: Kind
  }

  /// Returns everything below a folder. Folders come before their contents, and links to folders count as folders.
  /// - Throws: category `bundle-escapes` for devices, and for a link that leads out of the bundle or into a folder that contains it.
  package func contents(of folder: HostPath) throws(SpecProblem) -> [Found] {
    var found: [Found] = []
    try walk(folder, as: "", through: [folder], into: &found)
    return found
  }

  private func walk(_ folder: HostPath, as prefix: String, through chain: [HostPath], into found: inout [Found]) throws(SpecProblem) {
    for name in children[folder] ?? [] {
      let place = folder.appending(name)
      let path = prefix.isEmpty ? name : prefix + "/" + name
      guard found.count < Self.limit else { throw SpecProblem(.bundleEscapes, "the bundle installs over \(Self.limit) entries") }
      switch kinds[place] {
      case .directory:
        found.append(Found(path: path, kind: .folder))
        try walk(place, as: path, through: chain + [place], into: &found)
      case .folderLink(let target):
        let real = try inside(target, from: place)
        guard !chain.contains(where: { $0 == real || real == .top }) else {
          throw SpecProblem(
            .bundleEscapes, "the link \(path) leads to a folder it stands in, so a copy of it would have no end", fix: "remove the link")
        }
        found.append(Found(path: path, kind: .folder))
        try walk(real, as: path, through: chain + [real], into: &found)
      case .file: found.append(Found(path: path, kind: .file))
      case .link: found.append(Found(path: path, kind: .link))
      case .special, nil: throw special(place)
      }
    }
  }

  private func inside(_ target: HostPath, from place: HostPath) throws(SpecProblem) -> HostPath {
    if target == physicalRoot { return .top }
    guard let rest = target.relative(to: physicalRoot) else {
      throw SpecProblem(
        .bundleEscapes, "the link \(place.text.dropFirst()) leads out of the bundle, to the folder \(target)",
        fix: "put the folder into the bundle, or make the link in an AfterInstall script")
    }
    return HostPath.top.appending(rest)
  }

  private func special(_ place: HostPath) -> SpecProblem {
    SpecProblem(.bundleEscapes, "\(place.text.dropFirst()) is a device, socket or pipe, and cannot be installed")
  }
}
