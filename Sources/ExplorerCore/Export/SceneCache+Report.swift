import AtomicFiles
import Explanation
import Glibc
import KSRModel

extension SceneCache {
  /// The explanation of the item that a state selects, in a format, and a telling name for its file
  /// without ending; nil where nobody is looked at.
  ///
  /// The model runs again without each step, which takes about as long as that many steps.
  public func explanation(
    of state: State, as format: ExportFormat
  ) -> (text: String, name: String)? {
    guard let viewer = viewer(of: state), let step = scene(for: state).step,
      let last = step.recommendations.indices.last
    else { return nil }
    let item = step.recommendations[min(state.recommendation, last)].item
    let history = history(of: viewer)
    let report = ExplanationReport(
      .init(viewer: history.user, step: step.step, item: item, over: .catalogueMean),
      states: HistoryStates(network: session.network, items: history.items),
      model: session.model, index: tails, summary: attention)
    let text =
      switch format {
      case .text, .copy: report.text + "\n"
      case .json: report.json
      case .svg: report.svg
      }
    let name = ExplanationFile.name([
      model.dataName.isEmpty ? model.name : model.dataName, history.user, "step\(step.step + 1)",
      session.model.items[Int(item)],
    ])
    return (text, name)
  }
}

/// The file that an explanation is written to.
public enum ExplanationFile {
  /// The words joined into a name that every file system takes: letters, digits, dots, dashes.
  static func name(_ words: [String]) -> String {
    let parts = words.map { word in
      String(
        word.unicodeScalars.prefix(40).map { scalar in
          let isPlain = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          return isPlain || "._-".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
        })
    }
    let joined = parts.joined(separator: "-")
    // A name with a dot first is hidden, and `.` and `..` are no names.
    return joined.hasPrefix(".") ? "-" + joined.dropFirst() : joined
  }

  /// Writes a text beside the other files of a folder, never over one that is there.
  ///
  /// - Returns: the file's name in the folder, with a number where the name was taken.
  public static func write(
    _ text: String, named name: String, as format: ExportFormat, in folder: String = "."
  ) throws(DataError) -> String {
    let ending = format.ending.map { ".\($0)" } ?? ""
    var file = name + ending
    var number = 2
    var status = stat()
    while lstat(folder + "/" + file, &status) == 0 {
      file = "\(name)-\(number)\(ending)"
      number += 1
    }
    try writeAtomically(text, to: folder == "." ? file : folder + "/" + file)
    return file
  }
}
