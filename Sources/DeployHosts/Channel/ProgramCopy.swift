import DeployModel

/// A copy of the host program that a host keeps below `~/.cache`, so that later channels need not send the program again.
///
/// The copy is a file that belongs to the login user, in a folder that belongs to the login user. Its name is its digest, with which the
/// host compares it before each use. So a copy that was damaged or changed counts as no copy, and the program is sent again.
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

  init(of text: [UInt8]) {
    // A variable of a shell does not hold the line breaks at the end of a text, and `printf` adds one.
    let end = text.lastIndex { $0 != 10 }.map { $0 + 1 } ?? 0
    digest = Hex.digest(text[..<end] + [10])
  }

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

  /// Shell words that compare the copy with its digest, read it, and set `l_s` to the status that `Found` reads.
  func load(nonce: String) -> String {
    let file = #"l_f=$l_d/\#(digest); [ -f "$l_f" ] && [ ! -L "$l_f" ] && [ -O "$l_f" ]"#
    let compare = #"l_w=$(sha256sum <"$l_f") && [ "${l_w%% *}" = \#(digest) ]"#
    let read = #". "$l_f" && { \#(HostProgram.start(nonce)); } && l_s=$((l_s + \#(ProgramCopy.loaded)))"#
    return "l_s=0; command -v gzip >/dev/null 2>&1 || l_s=1; "
      + "\(ProgramCopy.folder) && \(ProgramCopy.trusted) && { \(file); } && { \(compare); } 2>/dev/null && \(read); "
  }

  /// Shell words that write the text in `l_more` to the copy, in a process of its own for which nobody waits.
  var keep: String {
    let new = #""$l_d/.\#(digest).$$""#
    let room = #"set -- "$l_d"/* "$l_d"/.[0-9a-f]*; [ $# -lt \#(ProgramCopy.most) ] || rm -f -- "$@""#
    let write = #"{ printf '%s\n' "$l_more" >\#(new) && mv -f \#(new) "$l_d/\#(digest)" || rm -f \#(new); }"#
    let make = #"umask 077; \#(ProgramCopy.folder) && { [ -d "$l_d" ] || mkdir -p "$l_d"; }"#
    return "( \(make) && \(ProgramCopy.trusted) && { \(room); \(write); } ) </dev/null >/dev/null 2>&1 &"
  }
}
