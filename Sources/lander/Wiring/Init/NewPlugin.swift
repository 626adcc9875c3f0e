import DeployModel

/// Writes a first plugin, which passes `lander check`, with a test that passes.
struct NewPlugin {
  var name: String
  /// The folder of the new plugin, absolute.
  var folder: String
  /// The project that the plugin is for, absolute, or nil if the plugin is not part of a project.
  var project: String?

  /// - Throws: if the name is invalid, or if the folder exists.
  func write() throws {
    guard LockedPlugin.isName(name) else {
      throw Problem("\"\(name)\" is no name of a plugin", fix: "use letters, digits, _ and -, as in lander plugin new slack")
    }
    guard !Folder.exists(folder) else { throw Problem("there is something in \(folder) already", fix: "take another name, or remove it") }
    for (path, text) in [
      ("plugin.lua", manifest), ("init.lua", code), ("spec/\(name)_spec.lua", spec), ("README.md", readme),
    ] { try Folder.writeNew(text, to: "\(folder)/\(path)") }
    try EditorFiles(folder: project ?? folder).write()
  }

  private var manifest: String {
    """
    -- Only data: the code in this file can reach nothing.
    return {
      name         = "\(name)",
      version      = "0.1.0",
      api          = 1,
      summary      = "Says what it is for in one sentence",
      license      = "Apache-2.0",
      main         = "init.lua",
      capabilities = { "host.run" },   -- all that the plugin can reach; projects that use it must grant this
      options      = {
        command = { kind = "string", required = true, help = "the command that runs on each host" },
        timeout = { kind = "duration", default = "1m" },
      },
    }

    """
  }

  private var code: String {
    """
    -- require "\(name)" returns this function. It takes options, and returns a hook.

    ---@param given { command: string, timeout?: string }
    ---@return fun(host: lander.Host)
    return function(given)
      local own = options(given)   -- checks them as plugin.lua declares them

      return function(host)
        host:run(own.command, { timeout = own.timeout })
        log.info("%s ran %s", host, own.command)
      end
    end

    """
  }

  private var spec: String {
    """
    -- What \(name) promises. lander test runs this without a host.

    local plugin = require "\(name)"

    group "fleet" { hosts = { "web1", "web2" } }
    recipe "probe" {
      revision = bundle { from = "dist" },
      path     = "/srv/probe",
      targets  = group "fleet",
      on       = { ApplicationStart = plugin { command = "bin/start" } },
    }

    describe("\(name)", function()
      it("runs its command once on each host", function(t)
        local run = t:deploy "probe"
        t:expect(run.status):equals "succeeded"
        t:expect(run:ran("bin/start", "web1")):equals(1)
        t:expect(run.log):contains "web2 ran bin/start"
      end)

      it("refuses options that it does not have", function(t)
        t:expect(function() plugin { comand = "x" } end):fails "did you mean"
      end)
    end)

    """
  }

  private var readme: String {
    """
    # \(name)

    ```lua
    local \(name.replacing("-", with: "_")) = require "\(name)"
    ```

    | option | | default |
    |---|---|---|
    | `command` | the command that runs on each host | required |
    | `timeout` | how long the command may take | `"1m"` |

    The plugin asks for the capability `host.run`.

    """
  }
}
