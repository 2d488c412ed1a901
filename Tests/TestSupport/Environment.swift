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

  /// A page of the documentation.
  public static func page(_ name: String) -> String {
    root + "/Sources/ksr-tui/Documentation.docc/" + name + ".md"
  }

  /// A file of `Tests/Fixtures`.
  public static func fixture(_ path: String) -> String { root + "/Tests/Fixtures/" + path }

  /// How many inputs a fuzz test tries: a twentieth of `count` without optimisation, and `KSR_FUZZ`
  /// times as many where that is set, for a longer run.
  public static func fuzzCount(_ count: Int) -> Int {
    let factor = ProcessInfo.processInfo.environment["KSR_FUZZ"].flatMap { Int($0) } ?? 1
    #if DEBUG
      return max(1, count / 20) * max(1, factor)
    #else
      return count * max(1, factor)
    #endif
  }

  private static func folder(_ name: String) -> String? {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
    return FileManager.default.fileExists(atPath: value) ? value : nil
  }
}
