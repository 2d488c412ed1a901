import AtomicFiles
import Foundation
import KSRModel
import Workspace

/// A data set NAME/NAME.suffix of its own for a test; it goes away with the value.
final class DataFolder {
  let folder: AtomicFolder
  private let parent: String

  /// Writes the files given by suffix; columns are separated by blanks here and by tabs there.
  init(_ files: [String: [String]], name: String = "films") throws {
    parent = NSTemporaryDirectory() + "workspace-\(UUID().uuidString)"
    let path = parent + "/" + name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (suffix, lines) in files {
      let text = lines.map { $0.split(separator: " ").joined(separator: "\t") + "\n" }.joined()
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name).\(suffix)"))
    }
    folder = try AtomicFolder(path: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: parent) }

  /// What is read for training.
  func dataset(split: DataSplit = DataSplit()) throws(DataError) -> Dataset {
    try Dataset.read(folder, split: split)
  }

  /// What is read beside a model.
  func session(_ model: TrainedModel) throws(DataError) -> Session {
    try Session(model, folder: folder)
  }

  /// Three users and five films, of which d has no link and e none into the graph.
  static let films: [String: [String]] = [
    "inter": [
      "user_id:token item_id:token timestamp:float",
      "u1 b 30", "u2 a 5", "u1 a 10", "u1 d 20", "u2 c 5", "u3 e 1", "u2 b 4", "u1 c 10",
      "u3 d 2",
    ],
    "kg": [
      "head_id:token relation_id:token tail_id:token",
      "A genre G1", "A genre G2", "B genre G1", "G1 part_of G0", "G2 part_of G0",
      "D1 directed A", "C director D1", "A genre G1", "B sequel_of A", "D2 directed C",
    ],
    "link": ["item_id:token entity_id:token", "a A", "b B", "c C", "e E", "z Z"],
  ]

  /// The films with some files replaced or, where the lines are nil, left out.
  static func films(_ changes: [String: [String]?]) throws -> DataFolder {
    var files = films
    for (suffix, lines) in changes { files[suffix] = lines }
    return try DataFolder(files)
  }
}

/// The sentence of the error that the body throws, or nil if it throws none.
func sentence<Result>(_ body: () throws -> Result) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}
