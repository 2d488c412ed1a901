import Glibc

/// A data set as RecBole lays it out: a folder NAME/ that holds NAME.inter and its companions.
public struct AtomicFolder: Sendable, Equatable {
  /// The folder as it was given, without slashes at its end.
  public let path: String
  /// The folder's name, which is also the name of its files.
  public let name: String
  package var form = AtomicForm()

  /// The folder at a path; an error if it is none or holds neither NAME.inter nor NAME.part.inter.
  public init(path: String) throws(DataError) {
    var trimmed = Substring(path)
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.path = String(trimmed)
    var status = stat()
    guard stat(self.path, &status) == 0 else {
      throw DataError.system(file: path, "cannot be opened")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw DataError(file: path, found: "a file", expected: "a folder NAME that holds NAME.inter")
    }
    // The name as given counts first, so that a link may rename a data set; "." has none.
    let names = [self.path, Paths.resolved(self.path) ?? self.path].map(Paths.name)
    for name in names where Paths.isFile("\(self.path)/\(name).inter") {
      self.name = name
      return
    }
    let others = files(in: self.path).filter { $0.hasSuffix(".inter") }
    // NAME.train.inter and the like, where a data set comes split (`benchmark_filename`).
    for name in names where others.contains(where: { $0.hasPrefix("\(name).") }) {
      self.name = name
      return
    }
    let wanted = "\(names.last ?? "").inter"
    throw DataError(
      file: path,
      found: others.isEmpty
        ? "no \(wanted) in the folder"
        : "no \(wanted) in the folder, only \(others.prefix(3).joined(separator: ", "))",
      expected: "a folder NAME that holds NAME.inter")
  }

  /// The path of the file with a suffix, such as "inter"; it need not exist.
  public func file(_ suffix: String) -> String { "\(path)/\(name).\(suffix)" }

  package func has(_ suffix: String) -> Bool { Paths.isFile(file(suffix)) }
}

private func files(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
      field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    names.append(name)
  }
  return names.sorted()
}

/// How the files of a data set are written: RecBole's names of fields, and what separates them.
public struct AtomicForm: Sendable, Equatable {
  /// The file and the columns of vectors made elsewhere (`additional_feat_suffix`,
  /// `preload_weight`).
  package struct Vectors: Sendable, Equatable {
    package var suffix: String
    /// The column of the tokens; nil for the only one of its type.
    package var id: String?
    /// The column of the vectors; nil for the only one of its type.
    package var vector: String?

    package init(suffix: String, id: String? = nil, vector: String? = nil) {
      (self.suffix, self.id, self.vector) = (suffix, id, vector)
    }
  }

  /// `USER_ID_FIELD`.
  package var user = "user_id"
  /// `ITEM_ID_FIELD`.
  package var item = "item_id"
  /// `TIME_FIELD`.
  package var time = "timestamp"
  /// `HEAD_ENTITY_ID_FIELD`.
  package var head = "head_id"
  /// `RELATION_ID_FIELD`.
  package var relation = "relation_id"
  /// `TAIL_ENTITY_ID_FIELD`.
  package var tail = "tail_id"
  /// `ENTITY_ID_FIELD`.
  package var entity = "entity_id"
  /// `item_name_field`: the column of NAME.item with the names of items; nil for what is usual.
  package var itemName: String?
  /// `field_separator`, an ASCII character.
  package var fieldSeparator = tab
  /// `seq_separator`, an ASCII character.
  package var sequenceSeparator = UInt8(ascii: " ")
  /// `seq_len`: how many pieces of a sequence count, by field; all where it is not named.
  package var sequenceLengths: [String: Int] = [:]
  package var entityVectors = Vectors(suffix: "ent_feature")
  package var relationVectors = Vectors(suffix: "rel_feature")

  /// RecBole's defaults.
  public init() {}
}
