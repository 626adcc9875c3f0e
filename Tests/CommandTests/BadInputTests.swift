import Foundation
import Testing

/// Bad input is refused before anything starts, with its place, a similar name, the next step and exit code 2.
@Suite("What bad input gets")
struct BadInputTests {
  @Test("no deploy.lua")
  func missingFile() throws {
    try refused(
      Workplace(), ["deploy", "-C", "."],
      """
      there is no deploy.lua in HERE
        → lander init writes one for the project here; -C DIR names another folder; for a bundle with an appspec file, deploy, plan, \
      status and rollback take --appspec DIR --hosts web1,web2 instead

      """)
  }

  @Test("a folder that is not there, named before or after the command")
  func missingFolder() throws {
    let place = try Workplace(["shop/index.html": ""])
    try refused(
      place, ["check", "-C", "nowhere"], "--project: there is no folder HERE/nowhere\n  → name the folder that has the deploy.lua\n")
    try refused(place, ["-C", "shp", "check"], "-C: there is no folder HERE/shp\n  → did you mean \"shop\"?\n")
    try refused(place, ["-C"], "-C needs a folder\n  → lander -C shop status\n")
    try refused(
      place, ["history", "--state", "nope"],
      "--state: there is no state folder HERE/nope\n  → without --state it is .lander beside deploy.lua\n")
  }

  @Test("an option with an empty value, as a variable that is not set leaves it, is refused; it never means the default")
  func emptyValues() throws {
    let place = try Workplace.project(body: "params = { tag = param.string { default = \"\" }, name = param.string {} },")
    let advice = "  → leave out the option, or check the variable that has its value\n"
    for words in [["deploy"], ["plan"], ["rollback"], ["verify"]] {
      try refused(place, words + ["--only", ""], "--only: it has an empty value\n" + advice)
      let both = "--only: it has an empty value\n\(advice)--group: it has an empty value\n\(advice)\n2 problems; nothing was started.\n"
      try refused(place, words + ["--only=", "--group", " "], both)
      try refused(
        place, words + ["--only", ","], "--only: it names no host\n  → name hosts, or leave out the option to select all hosts\n")
    }
    try refused(place, ["exec", "test", "--only", "", "--", "true"], "--only: it has an empty value\n" + advice)
    try refused(place, ["bundle", "inspect", ""], "an argument: it has an empty value\n" + advice)
    try refused(place, ["check", "-C", ""], "-C: it has an empty value\n" + advice)
    try refused(place, ["-C", "", "check"], "-C needs a folder\n  → lander -C shop status\n")
    try refused(place, ["deploy", "--revision", ""], "--revision: it has an empty value\n" + advice)
    try refused(
      place, ["deploy", "--tag", "", "--name", ""],
      """
      deploy.lua:8: --name: it is empty, and has to be given (a string)
        → give it a value; a recipe that takes an empty text declares default = ""

      """)
  }

  @Test("a result that could not be written is no success; a reader that has seen enough is none's concern")
  func lostOutput() throws {
    let place = try Workplace.project()
    for words in [["check"], ["status", "--json"], ["history"], ["deploy", "--output", "ndjson"]] {
      let run = try place.start(words, through: ["sh", "-c", "exec \"$0\" \"$@\" >/dev/full"])
      #expect(run.wait() == 21, "\(words): \(run.everything)")
      #expect(run.everything.contains("standard output could not be written: No space left on device\n  → "), "\(run.everything)")
    }
    let head = try place.start(["help-pages"], through: ["bash", "-c", "set -o pipefail; \"$0\" \"$@\" | head -n 1"])
    #expect(head.wait() == 0, "\(head.everything)")
    let refused = try place.start(["status", "--group", "nope", "--json"], through: ["sh", "-c", "exec \"$0\" \"$@\" >/dev/full"])
    #expect(refused.wait() == 2 && refused.everything.contains("standard output could not be written"), "\(refused.everything)")
  }

  @Test("in a folder that was removed nothing is written, and the folder of the project can be named")
  func removedFolder() throws {
    let place = try Workplace(["gone/x": "", "shop/deploy.lua": "group \"g\" { hosts = { \"a\" } }\n"])
    let removed = try place.start(["init"], through: ["sh", "-c", "cd gone && rm -r ../gone && exec \"$0\" \"$@\""])
    #expect(removed.wait() == 2)
    #expect(
      removed.everything == "the current folder cannot be used: it was removed\n  → change to another one, or name the project's with -C\n")
    let named = try place.start(
      ["-C", place.path + "/shop", "check"], through: ["sh", "-c", "mkdir gone; cd gone && rm -r ../gone && exec \"$0\" \"$@\""])
    #expect(named.wait() == 0, "\(named.everything)")
  }

  @Test("-C before the command is a change of folder, as in git and make")
  func elsewhere() throws {
    let place = try Workplace(["shop/deploy.lua": "group \"g\" { hosts = { \"a\" } }\n"])
    for words in [["-C", "shop", "check"], ["-Cshop", "check"], ["--project=shop", "check"], ["check", "-C", "shop"]] {
      let run = try place.run(words)
      #expect(run.code == 0 && run.out == "deploy.lua is fine: 0 recipes, 1 group, 1 host.\n", "\(words): \(run.err)")
    }
  }

  @Test("an unknown recipe, group, host and parameter")
  func names() throws {
    let place = try Workplace.project(
      body: "params = { percent = param.percent { default = \"10%\" } },")
    try refused(place, ["deploy", "ap"], "there is no recipe \"ap\"\n  → did you mean \"app\"?\n")
    try refused(
      place, ["deploy", "--group", "tst"], "there is no group \"tst\"\n  → did you mean \"test\"?\n"
    )
    try refused(
      place, ["deploy", "--only", "h3"],
      "--only: no host of group \"test\" is called \"h3\"\n  → did you mean \"h1\"?\n")
    try refused(
      place, ["deploy", "--precent", "5%"],
      "unknown option --precent\n  → did you mean --percent?\n")
    try refused(
      place, ["deploy", "--gruop=test"], "unknown option --gruop\n  → did you mean --group?\n")
    try refused(
      place, ["deploy", "--param", "precent=5%"],
      "--precent: unknown parameter\n  → did you mean --percent?\n")
    try refused(
      place, ["deploy", "--percent", "lots"],
      "deploy.lua:8: --percent: \"lots\" is not a percentage such as 10%\n")
    try refused(
      place, ["deploy", "app", "web"],
      "unexpected \"web\": the recipe \"app\" was already named\n  → deploy one recipe at a time\n")
    try refused(
      place, ["hosts", "tset"], "there is no group \"tset\"\n  → did you mean \"test\"?\n")
  }

  @Test("everything that is wrong with options and parameters, at once")
  func options() throws {
    let place = try Workplace.project(
      body: """
        params = { percent = param.percent { default = "10%" }, mode = param.choice { "fast", "slow", default = "fast" },
          migrate = param.boolean { default = true }, count = param.integer { min = 1, max = 9, default = 3 } },
        """)
    try refused(
      place, ["plan", "--percent", "abc", "--mode", "fst", "--migrat", "--gruop", "x", "--count=12", "--only", "h3"],
      """
      unknown option --migrat
        → did you mean --migrate?
      unknown option --gruop
        → did you mean --group?
      --only: no host of group "test" is called "h3"
        → did you mean "h1"?
      deploy.lua:8: --mode: "fst" is not one of fast, slow
        → did you mean "fast"?
      deploy.lua:8: --percent: "abc" is not a percentage such as 10%
      deploy.lua:9: --count: "12" is not a whole number from 1 to 9

      6 problems; nothing was started.

      """)
    try refused(place, ["deploy", "--percent"], "deploy.lua:8: --percent: it needs a value: a percentage such as 10%\n")
  }

  @Test("a secret that nobody has, and one too short to be kept out of output")
  func missingSecret() throws {
    let place = try Workplace.project(
      body:
        "on = { AfterInstall = function(host) host:run(\"true\", { env = { TOKEN = secret \"LANDER_TEST_TOKEN\" } }) end },"
    )
    try refused(
      place, ["deploy"],
      """
      Asking 2 hosts what they run …
      nobody has the secret LANDER_TEST_TOKEN: asked were the environment, the file HERE/.lander/secrets
        → export LANDER_TEST_TOKEN=… where lander runs, or put it into the file of secrets

      """)
    try refused(
      place, ["deploy"],
      """
      Asking 2 hosts what they run …
      the secret LANDER_TEST_TOKEN has fewer than 6 characters and could not be kept out of output
        → give it a longer value, or use a plain string where it is no secret

      """, environment: ["LANDER_TEST_TOKEN": "abc"])
  }

  @Test("a hook script with Windows line ends is named as what it is")
  func carriageReturns() throws {
    let place = try Workplace.project(
      body: "on = { AfterInstall = function(host) host:run \"./bin/after.sh now\" end },")
    try place.write("#!/bin/sh\r\necho hello\r\n", to: "app/bin/after.sh", mode: 0o755)
    try refused(
      place, ["deploy"],
      """
      warning: bin/after.sh: the first line `#!/bin/sh` ends in a carriage return: hosts will say "not found" when they start it
        → save it with Unix line ends: sed -i 's/\\r$//' 'bin/after.sh'
      Asking 2 hosts what they run …
      bin/after.sh: the script has Windows line ends (CRLF): the host looks for an interpreter with a carriage return in its name: not found
        → convert it: sed -i 's/\\r$//' bin/after.sh; git's setting: *.sh text eol=lf in .gitattributes

      """)
  }

  @Test("a state folder that a newer lander wrote, and one that is a file")
  func newerState() throws {
    let place = try Workplace.project(files: [".lander/version": "99\n", "file": ""])
    for words in [["deploy"], ["history"], ["bundle", "list"]] {
      try refused(
        place, words,
        """
        the state folder HERE/.lander was written by a newer lander (layout 99; this one knows 1)
          → update lander on this machine, or name another folder with --state

        """, code: 3)
    }
    try refused(
      place, ["deploy", "--state", "file"],
      "cannot use as a folder HERE/file: Not a directory\n  → name another folder with --state\n", code: 21)
  }

  @Test("a command that only reads makes no state folder, and tells of one that was named and is not there")
  func namedState() throws {
    let place = try Workplace.project()
    for words in [["status"], ["verify"], ["hosts"], ["exec", "test", "--", "true"], ["doctor", "--connect"]] {
      let named = try place.run([words[0], "--state", "nope"] + words.dropFirst())
      let isTold = named.err.contains("There is no state folder \(place.path)/nope")
      #expect(isTold || words[0] == "doctor", "\(words): \(named.err)\(named.out)")
      _ = try place.run(words)
      for folder in ["nope", ".lander"] { #expect(!FileManager.default.fileExists(atPath: "\(place.path)/\(folder)"), "\(words)") }
    }
  }

  @Test("numbers below what an option takes, and words that say nothing, are refused as what they are")
  func smallNumbers() throws {
    let place = try Workplace.project()
    for (words, said) in [
      (["history", "-n", "0"], "-n takes 1 or more"), (["history", "-n", "-1"], "-n takes 1 or more"),
      (["rehearse", "--hosts", "-1"], "--hosts takes 1 to 100000"),
      (["rehearse", "--seed", "-1"], "The value '-1' is invalid for '--seed"),
      (["rehearse", "--revision", "nope"], "this command has no option --revision"),
      (["rehearse", "--fault", "crash"], "did you mean --faults? --fault is an option of lander simulate"),
      (["exec", "test", "--parallel", "-2", "--", "true"], "--parallel takes"),
      (["exec", "test", "--user", "a b", "--", "true"], "--user takes the name of a user"),
      (["exec", "test", "--user=-x", "--", "true"], "--user takes the name of a user"),
      (["exec", "test", "--", ""], "Nothing to run"), (["help", "nope"], "there is no command \"lander nope\""),
      (["bundle", "prune", "--keep", "-3"], "--keep takes 0 or more"),
    ] {
      let run = try place.run(words)
      #expect(run.code == 2 && run.err.contains(said), "\(words): \(run.code) \(run.err)\(run.out)")
    }
  }

  @Test("a deploy.lua that is a pipe, or text in UTF-16, is told as what it is")
  func strangeFiles() throws {
    let place = try Workplace(["wide/deploy.lua": ""])
    try Data([0xFF, 0xFE, 0x67, 0]).write(to: URL(fileURLWithPath: place.path + "/wide/deploy.lua"))
    mkdir(place.path + "/pipe", 0o755)
    mkfifo(place.path + "/pipe/deploy.lua", 0o600)
    try refused(
      place, ["check", "-C", "wide"], "HERE/wide/deploy.lua is text in UTF-16\n  → save it as UTF-8: iconv -f UTF-16 -t UTF-8\n")
    try refused(
      place, ["check", "-C", "pipe"],
      "HERE/pipe/deploy.lua is not a regular file but a pipe, a socket or a device\n  → name a file that holds the text\n")
  }

  @Test("what a recipe reads and is no UTF-8, too long or not to be read is refused with the reason, and is not read whole before")
  func read() throws {
    let place = try Workplace.project(hosts: 1)
    let main = try place.text("deploy.lua")
    try Data([0x61, 0x0A, 0x62, 0xE9, 0x0A]).write(to: URL(filePath: place.path + "/latin"))
    #expect(truncate(place.path + "/latin", 5) == 0)
    try place.write("", to: "huge")
    #expect(truncate(place.path + "/huge", 3 << 30) == 0)
    for (file, message) in [
      ("latin", "is not text in UTF-8: see line 2"), ("huge", "has 3221225472 bytes, and lander reads at most 1 MB"),
      ("app", "is a folder, and a file was expected"),
    ] {
      try place.write("local text = read_text \"\(file)\"\n" + main, to: "deploy.lua")
      let run = try place.run(["check"])
      #expect(run.code == 2 && run.err.contains("deploy.lua:1: read_text \"\(file)\": ") && run.err.contains(message), "\(run.err)")
    }
  }
}
