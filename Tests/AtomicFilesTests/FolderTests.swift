import Foundation
import Testing

@testable import AtomicFiles

@Suite struct FolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func findsItsNameHoweverThePathIsWritten() throws {
    _ = try folder.dataSet("ml", ["inter": "", "kg": ""])
    for path in ["/ml", "/ml/", "/ml///", "/ml/.", "/ml/../ml", "/./ml"] {
      let found = try AtomicFolder(path: folder.path + path)
      #expect(found.name == "ml")
      #expect(found.has("inter") && found.has("kg") && !found.has("item"))
      #expect(FileManager.default.fileExists(atPath: found.file("kg")))
    }
  }

  @Test func aLinkMayKeepOrChangeTheName() throws {
    _ = try folder.dataSet("ml", ["inter": ""])
    let link = folder.path + "/other"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path + "/ml")
    #expect(try AtomicFolder(path: link).name == "ml")
    _ = try folder.file("ml/other.inter", "")
    #expect(try AtomicFolder(path: link).name == "other")
    #expect(try AtomicFolder(path: folder.path + "/ml").name == "ml")
  }

  @Test func tellsWhatItMisses() throws {
    let path = folder.path
    func error(_ path: String) -> String? {
      sentence { () throws(DataError) in try AtomicFolder(path: path) }
    }
    #expect(error(path + "/no") == "\(path)/no: cannot be opened: No such file or directory.")
    #expect(error("") == ": cannot be opened: No such file or directory.")
    let file = try folder.file("f.inter", "")
    #expect(error(file) == "\(file): found a file, expected a folder NAME that holds NAME.inter.")
    let empty = path + "/empty"
    try FileManager.default.createDirectory(
      atPath: empty + "/empty.inter", withIntermediateDirectories: true)
    try FileManager.default.removeItem(atPath: empty + "/empty.inter")
    #expect(
      error(empty + "/")
        == "\(empty)/: found no empty.inter in the folder, expected a folder NAME that holds NAME.inter."
    )
    _ = try folder.file("empty/full.inter", "")
    #expect(error(empty)?.contains("found no empty.inter in the folder, only full.inter,") == true)
    #expect(error("/") != nil)
  }
}
