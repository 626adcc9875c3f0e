package import DeployModel

/// The folder in which a deployment group keeps its state on a host, with the layout of the CodeDeploy agent.
package struct EngineRoot: Sendable, Hashable {
  package var path: HostPath
  /// The id of the deployment group. It is both the name of the group's folder and the prefix of the group's file names.
  package var group: String

  package init(path: HostPath, group: String) {
    self.path = path
    self.group = group
  }

  package var groupFolder: HostPath { path.appending(group) }
  /// Returns the folder of one deployment of the group.
  package func deployment(_ id: Deployment.ID) -> HostPath { groupFolder.appending(id.rawValue) }
  package var instructions: HostPath { path.appending("deployment-instructions") }
  /// The file that lists what the next installation removes.
  package var cleanupList: HostPath { instructions.appending(group + "-cleanup") }
  /// The file with the instructions of the last installation, for people to read.
  package var installList: HostPath { instructions.appending(group + "-install.json") }
  /// The file that records the folder of the last deployment whose Install succeeded.
  package var lastSuccessful: HostPath { instructions.appending(group + "_last_successful_install") }
  /// The file that records the folder of the last deployment whose DownloadBundle succeeded.
  package var mostRecent: HostPath { instructions.appending(group + "_most_recent_install") }

  /// Returns a program that makes a deployment's folder. It reports the working directory, the home, the folder of the last successful
  /// deployment, the kind of the bundle (d, f or -), and whether the bundle's folder has an appspec file. Later lines of the program can
  /// use `$kind` and `$has`.
  package func opening(_ request: AppSpecRequest) -> ShellProgram {
    let names = request.appSpecFile == AppSpecRequest.standardFile ? ["appspec.yml", "appspec.yaml"] : [request.appSpecFile]
    return ShellProgram(
      """
      umask 022
      mkdir -p -- \(deployment(request.id).text.shellQuoted) \(instructions.text.shellQuoted) || exit 1
      say() { printf '%s\\0' "$1"; }
      b=\(request.bundle.text.shellQuoted) has=\(request.isRelease ? "y" : "n")
      if [ -d "$b" ]; then kind=d; elif [ -e "$b" ]; then kind=f; else kind=-; fi
      for n in \(names.map(\.shellQuoted).joined(separator: " ")); do [ ! -f "$b/$n" ] || has=y; done
      say "$(pwd)"; say "${HOME:-/}"; say "$(cat \(lastSuccessful.text.shellQuoted) 2>/dev/null)"; say $kind; say $has
      """)
  }

  /// Returns a program that prunes old revisions, fetches and unpacks the bundle, and records the deployment as the most recent one. It
  /// does nothing if `opening`, which runs before it, did not find the bundle.
  package func unpacking(_ request: AppSpecRequest) -> ShellProgram {
    let (id, folder) = (request.id.rawValue, deployment(request.id))
    var program = ShellProgram(
      """
      \(request.type == .directory ? "[ \"${kind-d}${has-y}\" = dy ]" : "[ \"${kind-f}\" = f ]") || exit 0
      LC_ALL=C; export LC_ALL
      g=\(groupFolder.text.shellQuoted) id=\(id.shellQuoted) d=\(folder.text.shellQuoted) b=\(request.bundle.text.shellQuoted)
      last=$(cat \(lastSuccessful.text.shellQuoted) 2>/dev/null) a=$d/deployment-archive
      extra=$(($(ls -1A -- "$g" | grep -cvxF -e "$id") - \(request.maxRevisions) + 1))
      ls -1Atr -- "$g" | while IFS= read -r e; do
        [ "$e" != "$id" ] && [ "$g/$e" != "$last" ] && [ "$extra" -gt 0 ] || continue
        rm -rf -- "$g/$e" && extra=$((extra - 1)) || exit 1
      done || exit 1
      rm -rf -- "$a" && mkdir -- "$a" || exit 1
      bad() { echo "Error extracting $1 archive: $2" >&2; exit 10; }
      """)
    switch request.type {
    case .directory: program.line(request.isRelease ? Self.copyFolder() : Self.copyFolder("-m") + "\n" + Self.cutModes)
    case .tar: program.line("ln -sf -- \"$b\" \"$d/bundle.tar\" && tar -C \"$a\" -xpf \"$d/bundle.tar\" || bad tar $?")
    case .tgz: program.line("ln -sf -- \"$b\" \"$d/bundle.tar\" && tar -C \"$a\" -zxpf \"$d/bundle.tar\" || bad tgz $?")
    case .zip: program.line(Self.unzip)
    }
    if request.isRelease {
      // At this point, it is no longer known whether a release was made from an archive or from a folder. So nothing is moved if the
      // appspec file is already in its place.
      program.line("if [ ! -f \"$a\"/\(request.appSpecFile.shellQuoted) ]; then\n\(Self.unwrap)\nfi")
    } else if request.type != .directory {
      program.line(Self.unwrap)
    }
    program.line("printf %s \"$d\" >\(mostRecent.text.shellQuoted)")
    return program
  }

  /// Copies a folder. Links stay links, and owners are not copied. With the option `-m`, times are not copied either, so that the result is
  /// the same as that of a plain copy.
  private static func copyFolder(_ option: String = "") -> String {
    """
    cd -- "$b" && tar -cf - . | tar -C "$a" --no-same-owner \(option) -xpf - || exit 1
    """
  }

  /// Applies the umask to the modes, as a plain copy does.
  private static let cutModes = """
    m=$((0$(umask))) cut=
    for bit in 256:u-r 128:u-w 64:u-x 32:g-r 16:g-w 8:g-x 4:o-r 2:o-w 1:o-x; do
      [ $((m & ${bit%:*})) -eq 0 ] || cut=$cut,${bit#*:}
    done
    [ -z "$cut" ] || chmod -R "${cut#,}" -- "$a" || exit 1
    """

  private static let unzip = """
    ln -sf -- "$b" "$d/bundle.tar"
    command -v unzip >/dev/null || { echo 'unzip is not installed on this host' >&2; exit 1; }
    unzip -qo "$d/bundle.tar" -d "$a"; s=$?
    [ $s -ne 50 ] || { echo 'No space left: the disk is (or was) full' >&2; exit 1; }
    [ $s -le 1 ] || bad zip $s
    """

  /// If there is a single top folder around the appspec file, removes that folder. Archives from code hosts have such a folder.
  private static let unwrap = """
    n=0
    for e in "$a"/* "$a"/.[!.]* "$a"/..?*; do if [ -e "$e" ] || [ -L "$e" ]; then n=$((n + 1)) top=$e; fi; done
    if [ $n -eq 1 ] && [ -d "$top" ] && [ ! -L "$top" ] && ls -1A -- "$top" | grep -qi appspec; then
      mv -- "$top" "$d/.top" && rmdir -- "$a" && mv -- "$d/.top" "$a" || exit 1
    fi
    """

  /// The revision whose appspec file is read.
  package enum Revision: Sendable, Hashable {
    case deployment(HostPath)
    /// The revision whose Install succeeded last, if there is one.
    case last
  }

  /// Returns a program that finds an appspec file in a deployment's folder. It prints the first of the names that exists, and the text of
  /// that file. If none of them exists, it prints an empty name.
  package func reading(_ names: [String], of revision: Revision) -> ShellProgram {
    let (folder, known) =
      switch revision {
      case .deployment(let folder): (folder.text.shellQuoted, "")
      case .last: ("$(cat \(lastSuccessful.text.shellQuoted) 2>/dev/null)", "\"$(cat \"$d/appspec-filename\" 2>/dev/null)\" ")
      }
    return ShellProgram(
      """
      d=\(folder) found=
      \(Self.tellFile)
      for n in \(known)\(names.map(\.shellQuoted).joined(separator: " ")); do
        f=$d/deployment-archive/$n
        if [ -n "$d" ] && [ -n "$n" ] && [ -f "$f" ]; then printf '%s\\0' "$n"; tell "$f" || exit 1; found=y; break; fi
      done
      [ "$found" ] || printf '\\0'
      """)
  }

  /// Prints the clean-up list, or an empty one if the file does not exist.
  package var readingCleanupList: ShellProgram {
    let file = cleanupList.text.shellQuoted
    return ShellProgram("\(Self.tellFile)\nif [ -e \(file) ]; then tell \(file) || exit 1; else printf '0\\0'; fi")
  }

  /// Prints the size of a file, terminated by NUL, and then its contents.
  private static let tellFile = "tell() { printf '%s\\0' \"$(($(wc -c <\"$1\")))\"; cat -- \"$1\"; }"

  /// Returns the folder in which a deployment's bundle is unpacked.
  package func archive(in folder: HostPath) -> HostPath { folder.appending("deployment-archive") }

  /// Returns a program that records a deployment as the last one whose Install succeeded, with the name of its appspec file.
  package func remembering(_ folder: HostPath, appSpecFile: String) -> ShellProgram {
    ShellProgram(
      """
      printf %s \(appSpecFile.shellQuoted) >\(folder.appending("appspec-filename").text.shellQuoted) &&
      printf %s \(folder.text.shellQuoted) >\(lastSuccessful.text.shellQuoted)
      """)
  }
}
