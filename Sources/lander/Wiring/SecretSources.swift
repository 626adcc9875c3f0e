import DeployHosts
import DeployStore

/// The providers of secrets, in the order in which they are asked.
enum SecretSources {
  /// Returns the environment, then the file `.lander/secrets` beside `deploy.lua`, then the program that `LANDER_SECRETS_COMMAND` names.
  static func all(of folder: String) -> [any SecretProvider] {
    var providers: [any SecretProvider] = [EnvironmentSecrets(Folder.environment), FileSecrets(folder + "/.lander/secrets")]
    if let command = Folder.variable("LANDER_SECRETS_COMMAND"), !command.isEmpty {
      let machine = EngineProcesses(directory: folder, vault: Vault(SecretProviders([])))
      let run = Programs.runner(on: machine)
      providers.append(CommandSecrets(command.split(separator: " ").map(String.init), in: folder, run: run))
    }
    return providers
  }
}
