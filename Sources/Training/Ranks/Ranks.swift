import Foundation
import Glibc
import KSRNumerics
import Text

/// The processes that train one model together; one alone where no launcher has started more.
///
/// The shards of a batch are dealt out. Their gradients come together in the order of shards, as in one
/// process, so that the model is the same to the byte whatever the number of ranks. Everything but the
/// gradients of the shards is computed on every rank alike; files and display are those of rank 0.
package final class Ranks: Sendable {
  private let mpi: MPILibrary?
  package var rank: Int { mpi?.rank ?? 0 }
  package var count: Int { mpi?.size ?? 1 }
  package var isFirst: Bool { rank == 0 }
  package var isAlone: Bool { count == 1 }

  /// This process by itself.
  package static let alone = Ranks(nil)

  /// Those of the launch that this process belongs to.
  package static func started() throws(UserError) -> Ranks { Ranks(try MPILibrary.start()) }

  private init(_ mpi: MPILibrary?) { self.mpi = mpi }

  /// How many ranks the launcher says are on this machine, which share its processors and memory.
  package static func onThisMachine(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Int {
    for name in ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"] {
      if let count = environment[name].flatMap({ Int($0) }), count > 0 { return count }
    }
    return 1
  }

  /// The shards, or other parts of a whole, that a rank works on.
  package func part(of count: Int, rank: Int? = nil) -> Range<Int> {
    let rank = rank ?? self.rank
    return rank * count / self.count..<(rank + 1) * count / self.count
  }

  /// Who works on a shard.
  func owner(_ shard: Int, of count: Int) -> Int {
    (0..<self.count).first { part(of: count, rank: $0).contains(shard) } ?? 0
  }

  // MARK: Numbers

  /// A buffer of a rank becomes everybody's.
  func share(_ values: UnsafeMutablePointer<Float>, count: Int, from root: Int) {
    mpi?.broadcast(values, count: count * MemoryLayout<Float>.stride, root: root)
  }

  /// The numbers of each rank, which are as many everywhere, in the order of ranks.
  package func gather(_ own: [Double]) -> [[Double]] {
    guard let mpi else { return [own] }
    var (own, all) = (own, [Double](repeating: 0, count: own.count * count))
    let bytes = own.count * MemoryLayout<Double>.stride
    mpi.gather(&own, into: &all, counts: Array(repeating: bytes, count: count))
    return (0..<count).map { Array(all[$0 * own.count..<($0 + 1) * own.count]) }
  }

  /// The bytes of each rank, in the order of ranks.
  package func gather(_ own: [UInt8]) -> [[UInt8]] {
    guard let mpi else { return [own] }
    let counts = gather([Double(own.count)]).map { Int($0[0]) }
    var (own, all) = (own, [UInt8](repeating: 0, count: counts.reduce(0, +)))
    mpi.gather(&own, into: &all, counts: counts)
    var start = 0
    return counts.map { count in
      defer { start += count }
      return Array(all[start..<start + count])
    }
  }

  /// Rows that each rank has a range of become everybody's whole.
  func complete(_ rows: MutableMatrixView, _ ranges: [Range<Int>]) {
    guard let mpi else { return }
    for (root, range) in ranges.enumerated() {
      let part = rows.rows(range)
      mpi.broadcast(
        part.base, count: part.rows * part.columns * MemoryLayout<Float>.stride, root: root)
    }
  }

  /// The rows of every shard's matrix in this rank's range, in the order of shards.
  ///
  /// - Parameters:
  ///   - mine: the matrices of this rank's shards, which have all rows.
  ///   - ranges: the rows of each rank, one after the other.
  ///   - received: by place among a rank's shards, room for what comes.
  func exchange(
    _ mine: [MutableMatrixView], shards: Int, columns: Int, _ ranges: [Range<Int>],
    into received: inout [MatrixBuffer]
  ) -> [MutableMatrixView] {
    guard let mpi, !isAlone else { return mine }
    let width = columns * MemoryLayout<Float>.stride
    var result = [MutableMatrixView?](repeating: nil, count: shards)
    let own = ranges[rank].count
    for round in 0..<((0..<count).map { part(of: shards, rank: $0).count }.max() ?? 0) {
      if received.count <= round { received.append(MatrixBuffer()) }
      let senders = (0..<count).filter { part(of: shards, rank: $0).count > round }
      let room = received[round].reserve(rows: senders.count * own, columns: columns)
      // Rows come in the order of ranks: the matrix as it lies is what is sent.
      var nothing: Float = 0
      withUnsafeMutablePointer(to: &nothing) { nothing in
        mpi.exchange(
          round < mine.count ? mine[round].base : nothing,
          counts: ranges.map { round < mine.count ? $0.count * width : 0 },
          into: room.base,
          counts: (0..<count).map { senders.contains($0) ? own * width : 0 })
      }
      for (place, sender) in senders.enumerated() {
        result[part(of: shards, rank: sender).lowerBound + round] = room.rows(
          place * own..<(place + 1) * own)
      }
    }
    return result.compactMap(\.self)
  }

  // MARK: Agreement

  /// Runs what may fail on one rank alone.
  ///
  /// - Throws: the first rank's error, in the order of ranks, on all: on the first as it is or with the
  ///   number of the rank; ``SilentEnd`` elsewhere.
  package func together<Value>(_ body: () throws -> Value) throws -> Value {
    guard !isAlone else { return try body() }
    let result = Result { try body() }
    var text = ""
    if case .failure(let error) = result { text = "\(error)" }
    let texts = gather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    guard let failed = texts.firstIndex(where: { !$0.isEmpty }) else { return try result.get() }
    guard isFirst else { throw SilentEnd() }
    if failed == 0 { return try result.get() }
    throw UserError("Rank \(failed) of \(count): \(texts[failed])")
  }

  /// What a rank throws where another one says why.
  package struct SilentEnd: Error {}

  /// Checks that what all ranks must have in common is the same everywhere.
  package func compare(_ texts: [(what: String, text: String)]) throws {
    guard !isAlone else { return }
    for (what, text) in texts {
      let all = gather(Array(text.utf8))
      guard let other = all.firstIndex(where: { $0 != all[0] }) else { continue }
      guard isFirst else { throw SilentEnd() }
      throw UserError(
        "Rank \(other) of \(count) has other \(what) than rank 0: all must be given the same.")
    }
  }

  /// Whether any rank says so.
  func any(_ own: Bool) -> Bool { isAlone ? own : gather([own ? 1 : 0]).contains { $0[0] != 0 } }

  /// Ends the processes, after an error on this one all of them.
  package func finish(failed: Bool) {
    guard let mpi else { return }
    if failed { mpi.abort(EXIT_FAILURE) } else { mpi.finish() }
  }
}
