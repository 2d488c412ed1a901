import AtomicFiles
import Foundation
import Glibc
import Text

/// The trials of a tuning on disk: JSON, a line for the tuning and one for each trial that ended.
///
/// Lines are only ever added, and are on the disk before anyone hears of them. A last line without
/// its end, as a kill can leave, is taken off.
package final class TuningJournal {
  package let path: String
  /// The trials that ended before the journal was opened.
  package let earlier: [TrialRecord]
  private let descriptor: Int32

  /// Opens the journal of a tuning, or begins one.
  package init(path: String, header: TuningHeader) throws(DataError) {
    self.path = path
    let content = try Self.content(path)
    let complete = content.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let lines = content[..<complete].split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).dropLast()
    var records: [TrialRecord] = []
    for (index, line) in lines.enumerated() {
      if index == 0 {
        let found: TuningHeader = try Self.decode(line, path, 1, "the head of a tuning's journal")
        if let difference = header.difference(from: found) {
          throw DataError(
            file: path,
            found: "the journal of another tuning (\(difference)); --output takes another place")
        }
      } else {
        let record: TrialRecord = try Self.decode(line, path, index + 1, "a trial")
        guard !records.contains(where: { $0.trial == record.trial }) else {
          throw DataError(
            file: path, line: index + 1, found: "trial \(record.trial) once more",
            expected: "each trial once")
        }
        records.append(record)
      }
    }
    earlier = records
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw DataError.system(file: path, "cannot be written") }
    if complete < content.count, ftruncate(descriptor, off_t(complete)) != 0 {
      throw DataError.system(file: path, "cannot be shortened")
    }
    if complete == 0 { try append(header) }
  }

  deinit { close(descriptor) }

  /// Adds a trial; returns when it is on the disk.
  package func add(_ record: TrialRecord) throws(DataError) { try append(record) }

  private func append(_ value: some Encodable) throws(DataError) {
    let line: String
    do throws(UserError) { line = try JSON.line(value) } catch {
      throw DataError(file: path, found: error.description)
    }
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw DataError.system(file: path, "cannot be written") }
      rest = rest.dropFirst(written)
    }
    guard fsync(descriptor) == 0 else {
      throw DataError.system(file: path, "cannot be flushed to the disk")
    }
  }

  private static func content(_ path: String) throws(DataError) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    guard status.st_mode & S_IFMT == S_IFREG, let data = FileManager.default.contents(atPath: path)
    else { throw DataError(file: path, found: "cannot be read") }
    return Array(data)
  }

  private static func decode<Value: Decodable>(
    _ line: ArraySlice<UInt8>, _ path: String, _ number: Int, _ expected: String
  ) throws(DataError) -> Value {
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(line)) else {
      throw DataError(
        file: path, line: number,
        found: quoted(String(decoding: line.prefix(60), as: UTF8.self)), expected: expected)
    }
    return value
  }
}
