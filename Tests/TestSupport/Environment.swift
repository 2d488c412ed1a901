import Foundation

/// Where optional test data lies, as the environment says.
public enum TestEnvironment {
  /// `KSR_FIXTURES`: RecBole's numbers, too large for the repository.
  public static var fixtures: String? { folder("KSR_FIXTURES") }

  /// `KSR_DATA`: real data sets for trying and measuring.
  public static var data: String? { folder("KSR_DATA") }

  /// The repository's root, found from this file.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// A file of `Tests/Fixtures`.
  public static func fixture(_ path: String) -> String { root + "/Tests/Fixtures/" + path }

  private static func folder(_ name: String) -> String? {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
    return FileManager.default.fileExists(atPath: value) ? value : nil
  }
}
