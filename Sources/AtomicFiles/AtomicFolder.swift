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
    let names = [self.path, resolved(self.path) ?? self.path].map(lastComponent)
    for name in names where isFile("\(self.path)/\(name).inter") {
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

  package func has(_ suffix: String) -> Bool { isFile(file(suffix)) }
}

private func lastComponent(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? ""
}

private func isFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
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
