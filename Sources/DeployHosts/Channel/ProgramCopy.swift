import DeployModel

/// A copy of the host program that a host keeps below `~/.cache`, so that later channels need not send the program again.
///
/// The copy is a file that only the login user can write, in a folder that belongs to the login user. Its name is the digest of the
/// program's text, so another version of Lander never uses it. Its last line says that it is complete. If it was damaged, the channel ends
/// or reports that there is no program, and the program is sent as if there were no copy.
struct ProgramCopy: Sendable {
  private let digest: String
  /// The status of an opening line that read the copy, without the part that says whether gzip is there.
  private static let loaded = 100
  /// A folder with at least this number of copies is emptied before the next copy is made.
  private static let most = 8
  /// Whether HOME can be used, and the words that set `l_d` to the folder of the copies.
  private static let folder = #"case $HOME in /*) ;; *) false ;; esac && l_d=$HOME/.cache/lander"#
  /// Whether the folder is there, and nobody else could have made it.
  private static let trusted = #"[ ! -L "$l_d" ] && [ -O "$l_d" ]"#

  init(of text: [UInt8]) { digest = Hex.digest(text) }

  /// What the line that opens a channel found.
  struct Found: Sendable, Equatable {
    /// Whether the host can decompress data.
    let unpacks: Bool
    /// Whether the channel's shell has the program.
    let isLoaded: Bool

    init(status: Int) {
      isLoaded = status >= ProgramCopy.loaded
      unpacks = status == (isLoaded ? ProgramCopy.loaded : 0)
    }
  }

  /// Shell words that read the copy, and set `l_s` to the status that `Found` reads.
  func load(nonce: String) -> String {
    let file = #"l_f=$l_d/\#(digest); [ -f "$l_f" ] && [ ! -L "$l_f" ] && [ -O "$l_f" ] && [ -r "$l_f" ]"#
    let read = #". "$l_f" && [ "$l_copied" = \#(digest) ] && { \#(HostProgram.start(nonce)); } && l_s=$((l_s + \#(ProgramCopy.loaded)))"#
    return "l_s=0; l_copied=; command -v gzip >/dev/null 2>&1 || l_s=1; "
      + "\(ProgramCopy.folder) && \(ProgramCopy.trusted) && { \(file); } && \(read); "
  }

  /// Shell words that write the text in `l_more` to the copy, in a process of its own for which nobody waits.
  var keep: String {
    let new = #""$l_d/.\#(digest).$$""#
    let room = #"set -- "$l_d"/* "$l_d"/.[0-9a-f]*; [ $# -lt \#(ProgramCopy.most) ] || rm -f -- "$@""#
    let write = #"{ printf '%s\nl_copied=%s\n' "$l_more" \#(digest) >\#(new) && mv -f \#(new) "$l_d/\#(digest)" || rm -f \#(new); }"#
    let make = #"umask 077; \#(ProgramCopy.folder) && { [ -d "$l_d" ] || mkdir -p "$l_d"; }"#
    return "( \(make) && \(ProgramCopy.trusted) && { \(room); \(write); } ) </dev/null >/dev/null 2>&1 &"
  }
}
