/// How a bundle's appspec file installs that bundle. The files are installed in place, as the CodeDeploy agent does.
package struct AppSpecOptions: Sendable, Hashable, Codable {
  package enum FileExists: String, Sendable, Hashable, Codable { case disallow, overwrite, retain }
  package enum ForeignLinks: String, Sendable, Hashable, Codable { case follow, refuse }

  /// The scripts of one lifecycle event, as the appspec file lists them.
  package struct Scripts: Sendable, Hashable, Codable {
    package var event: String
    package var locations: [String]
    /// The sum of the scripts' timeouts.
    package var limit: Interval
    package init(event: String, locations: [String], limit: Interval) {
      self.event = event
      self.locations = locations
      self.limit = limit
    }
  }

  /// The appspec file's path in the bundle.
  package var file: String
  /// What happens to files that are at a destination although no deployment put them there. A setting in the appspec file takes precedence.
  package var fileExists: FileExists
  /// Whether the files that an installation replaced or removed are restored if the host fails.
  package var restore: Bool
  /// Whether a host continues if a stop script of the outgoing revision fails. If false, the host fails.
  package var ignoresStopFailures: Bool
  /// What an installation does if a destination's path contains a link that a user other than root and the deploying user can replace. If
  /// nil, the installation follows the link and warns, as older versions did.
  package var foreignLinks: ForeignLinks?
  /// The user that puts files in place and starts scripts, or nil for the login user.
  package var user: String?
  /// The bundle's scripts, by event, or nil if they are not known before the deployment.
  package var scripts: [Scripts]?

  package init(
    file: String = "appspec.yml", fileExists: FileExists = .disallow, restore: Bool = true, ignoresStopFailures: Bool = false,
    foreignLinks: ForeignLinks? = nil, user: String? = nil, scripts: [Scripts]? = nil
  ) {
    self.file = file
    self.fileExists = fileExists
    self.restore = restore
    self.ignoresStopFailures = ignoresStopFailures
    self.foreignLinks = foreignLinks
    self.user = user
    self.scripts = scripts
  }

  /// Returns the scripts of an event. Returns nil if the bundle's scripts are unknown. If the result has no locations, the event has no
  /// script.
  package func scripts(of event: LifecycleEvent) -> Scripts? {
    guard let scripts else { return nil }
    return scripts.first { $0.event == event.rawValue } ?? Scripts(event: event.rawValue, locations: [], limit: .zero)
  }
}

/// One step of an installation by an appspec file, on one host.
package struct AppSpecStep: Sendable, Hashable, Codable {
  package enum Phase: Sendable, Hashable, Codable {
    /// Runs an event as the CodeDeploy agent does: DownloadBundle and Install do their own work, and the other events run scripts. Events
    /// that concern the outgoing revision run the scripts of the last revision that was installed successfully.
    case event(LifecycleEvent)
    /// Runs the earlier revision's scripts for the event, after the files of that revision have been restored.
    case back(LifecycleEvent)
    /// Restores the files that this deployment's Install replaced or removed.
    case undo
    /// Deletes the files that were kept for a restore.
    case forget
    /// Removes the files that the last installation put in place.
    case remove
  }
  package var phase: Phase
  package var options: AppSpecOptions
  /// The release to install, or nil if the step installs nothing.
  package var release: Release.ID?
  /// The number of unpacked revisions that stay on the host.
  package var keep: Int
  package init(_ phase: Phase, options: AppSpecOptions, release: Release.ID? = nil, keep: Int = 5) {
    self.phase = phase
    self.options = options
    self.release = release
    self.keep = keep
  }

  /// The scripts that the step will run, or empty if there are none or they are unknown.
  package var scripts: [String] {
    guard case .event(let event) = phase, !event.concernsPrevious else { return [] }
    return options.scripts(of: event)?.locations ?? []
  }

  /// The longest time that the step is allowed to take. Each script has its own timeout. The limit includes the sum of these timeouts if
  /// the scripts are known, and an hour otherwise.
  package var limit: Interval {
    switch phase {
    case .event(.downloadBundle), .event(.install), .undo, .remove: return .minutes(60)
    case .forget: return .minutes(5)
    case .event(let event) where !event.concernsPrevious:
      return (options.scripts(of: event)?.limit ?? .minutes(60)) + .minutes(5)
    case .event, .back: return .minutes(65)
    }
  }
}
