import DeployCore
import DeployModel

/// Finds uses of functions that Lua's libraries do not have. If such a use is in a branch that rarely runs, it would not be noticed until
/// it made a deployment fail in production.
enum LibraryUse {
  /// The members that each library has in recipes.
  static let members: [String: [String]] = [
    "coroutine": ["close", "create", "isyieldable", "resume", "running", "status", "wrap", "yield"],
    "math": [
      "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger", "min", "mininteger",
      "modf", "pi", "rad", "random", "sin", "sqrt", "tan", "tointeger", "type", "ult",
    ],
    "string": [
      "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper",
    ],
    "table": ["concat", "insert", "move", "pack", "remove", "sort", "unpack"],
    "utf8": ["char", "charpattern", "codepoint", "codes", "len", "offset"],
  ]

  /// The functions that earlier versions of Lua had, and their replacements.
  private static let earlier = [
    "math.atan2": "math.atan(y, x)", "math.cosh": "(math.exp(x) + math.exp(-x)) / 2", "math.ldexp": "x * 2.0 ^ e",
    "math.log10": "math.log(x, 10)",
    "math.mod": "math.fmod", "math.pow": "x ^ y", "string.gfind": "string.gmatch", "table.foreach": "for key, value in pairs(t) do … end",
    "table.foreachi": "for i, value in ipairs(t) do … end", "table.getn": "#t", "table.maxn": "#t",
  ]

  /// Returns the names of variables and parameters, as in `local a, b` and `function name(a, b)`.
  private static func declared(_ tokens: [Token]) -> Set<Substring> {
    var names: Set<Substring> = []
    for index in tokens.indices where tokens[index].text == "local" || tokens[index].text == "function" {
      var at = index + 1
      if tokens[index].text == "function" {
        while at < tokens.count, tokens[at].text != "(", at < index + 8 { at += 1 }
        at += 1
      }
      while at < tokens.count, tokens[at].kind == .name {
        names.insert(tokens[at].text)
        guard at + 1 < tokens.count, tokens[at + 1].text == "," else { break }
        at += 2
      }
    }
    return names
  }

  /// Returns a warning for each use of a member that does not exist. If a file has a local variable with the name of a library, this
  /// library is not checked.
  static func warnings(in tokens: [Token], of path: String) -> [Problem] {
    let locals = declared(tokens)
    return tokens.indices.compactMap { index in
      guard index + 2 < tokens.count, tokens[index].kind == .name, tokens[index + 1].text == ".", tokens[index + 2].kind == .name,
        index == 0 || ![".", ":"].contains(tokens[index - 1].text), !locals.contains(tokens[index].text)
      else { return nil }
      let (library, member) = (String(tokens[index].text), String(tokens[index + 2].text))
      guard let known = members[library], !known.contains(member), index + 3 >= tokens.count || tokens[index + 3].text != "=" else {
        return nil
      }
      let place = SourcePlace(file: path, line: tokens[index].line)
      if let now = earlier["\(library).\(member)"] {
        return Problem("\(library).\(member) is of an earlier Lua, and is not there", place: place, fix: "write \(now)")
      }
      let near = NearMatch.of(member, among: known).map { "did you mean \(library).\($0)?" }
      return Problem("\(library) has no \(member)", place: place, fix: near ?? "it has " + known.joined(separator: ", "))
    }
  }
}
