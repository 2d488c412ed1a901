import Foundation

@testable import AtomicFiles

/// A folder of its own for a test; it goes away with the value.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "atomic-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ content: String) throws -> String {
    try file(name, Array(content.utf8))
  }

  func file(_ name: String, _ content: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(content).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// A data set NAME/NAME.suffix with the contents given by suffix.
  func dataSet(_ name: String, _ contents: [String: String]) throws -> AtomicFolder {
    let folder = path + "/" + name
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (suffix, content) in contents { _ = try file("\(name)/\(name).\(suffix)", content) }
    return try AtomicFolder(path: folder)
  }

  /// The names of what lies in the folder.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// The sentence of the error that the body throws, or nil if it throws none.
func sentence<Result>(_ body: () throws(DataError) -> Result) -> String? {
  do throws(DataError) {
    _ = try body()
    return nil
  } catch {
    return error.description
  }
}
