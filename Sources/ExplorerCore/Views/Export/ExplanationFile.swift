import AtomicFiles
import Glibc

/// The file that a view is written to.
package enum ExplanationFile {
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
  package static func write(
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
