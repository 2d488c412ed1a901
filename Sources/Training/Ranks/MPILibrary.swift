import Foundation
import Glibc
import Text

/// MPI, found when a launcher has started this process: nothing is linked, and nothing changes where
/// there is none.
///
/// A handle is a pointer in Open MPI and an `int` in MPICH's family; as an argument both fit a word, of
/// which MPICH reads the lower half. Messages are bytes: no reduction of MPI's is called, since none
/// promises an order.
final class MPILibrary: Sendable {
  typealias Handle = UInt
  private typealias Bytes = UnsafeMutableRawPointer?
  private typealias Counts = UnsafePointer<Int32>?

  let rank: Int
  let size: Int
  private let world: Handle
  private let byte: Handle
  private let broadcast: @convention(c) (Bytes, Int32, Handle, Int32, Handle) -> Int32
  private let exchangeAll:
    @convention(c) (
      Bytes, Counts, Counts, Handle, Bytes, Counts, Counts, Handle, Handle
    ) -> Int32
  private let gatherAll:
    @convention(c) (Bytes, Int32, Handle, Bytes, Counts, Counts, Handle, Handle) -> Int32
  private let abortAll: @convention(c) (Handle, Int32) -> Int32
  private let finalize: @convention(c) () -> Int32

  /// What the environment says of a launch.
  enum Launch {
    /// The processes that a launcher says it has started, and which family of MPI they use, if known.
    case ranks(Int, isOpenMPI: Bool?)

    static func found(_ environment: [String: String]) -> Launch? {
      func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
      if let size = number("OMPI_COMM_WORLD_SIZE") { return .ranks(size, isOpenMPI: true) }
      if let size = number("PMI_SIZE") { return .ranks(size, isOpenMPI: false) }
      // srun: the number of tasks of this step, not that of the allocation.
      if environment["SLURM_PROCID"] != nil,
        let size = number("SLURM_STEP_NUM_TASKS") ?? number("SLURM_NTASKS"), size > 1
      {
        return .ranks(size, isOpenMPI: nil)
      }
      return nil
    }
  }

  /// MPI, where a launcher has started this process.
  ///
  /// - Throws: a sentence if no library is found, or if the library knows of fewer processes than the
  ///   launcher started.
  static func start(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(UserError) -> MPILibrary? {
    guard case .ranks(let expected, let isOpenMPI)? = Launch.found(environment) else { return nil }
    let open = ["libmpi.so.40", "libmpi.so.80"]
    let mpich = ["libmpich.so.12", "libmpi.so.12"]
    let names =
      environment["KSR_MPI"].map { [$0] }
      ?? (isOpenMPI == false ? mpich + open : open + mpich) + ["libmpi.so"]
    // Open MPI's parts look for its symbols among those that all may see.
    guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_GLOBAL) }).first else {
      throw UserError(
        "This process was started as one of \(expected), but no MPI library was found "
          + "(\(names.joined(separator: ", "))): install the one that the launcher belongs to, or name "
          + "its file in KSR_MPI.")
    }
    let mpi = try MPILibrary(library)
    guard mpi.size == expected else {
      throw UserError(
        "The launcher has started \(expected) processes, of which MPI sees \(mpi.size): they "
          + "would train \(expected) models, each over the other's. Start them with the launcher of the "
          + "library in use, as 'srun --mpi=pmix' or its own mpirun, or name its file in KSR_MPI.")
    }
    return mpi
  }

  private init(_ library: UnsafeMutableRawPointer) throws(UserError) {
    func symbol<Function>(_ name: String, _: Function.Type) throws(UserError) -> Function {
      guard let address = dlsym(library, name) else {
        throw UserError("The MPI library has no \(name).")
      }
      return unsafeBitCast(address, to: Function.self)
    }
    if let world = dlsym(library, "ompi_mpi_comm_world"),
      let byte = dlsym(library, "ompi_mpi_byte")
    {
      (self.world, self.byte) = (UInt(bitPattern: world), UInt(bitPattern: byte))
    } else {
      (world, byte) = (0x4400_0000, 0x4c00_010d)
    }
    typealias Number = @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Int32
    let start = try symbol(
      "MPI_Init_thread",
      (@convention(c) (Bytes, Bytes, Int32, UnsafeMutablePointer<Int32>) -> Int32).self)
    broadcast = try symbol(
      "MPI_Bcast", (@convention(c) (Bytes, Int32, Handle, Int32, Handle) -> Int32).self)
    exchangeAll = try symbol(
      "MPI_Alltoallv",
      (@convention(c) (
        Bytes, Counts, Counts, Handle, Bytes, Counts, Counts, Handle, Handle
      ) -> Int32).self)
    gatherAll = try symbol(
      "MPI_Allgatherv",
      (@convention(c) (Bytes, Int32, Handle, Bytes, Counts, Counts, Handle, Handle) -> Int32)
        .self)
    abortAll = try symbol("MPI_Abort", (@convention(c) (Handle, Int32) -> Int32).self)
    finalize = try symbol("MPI_Finalize", (@convention(c) () -> Int32).self)
    let (rankOf, sizeOf) = (
      try symbol("MPI_Comm_rank", Number.self), try symbol("MPI_Comm_size", Number.self)
    )
    // One thread of several calls MPI.
    let serialized: Int32 = 2
    var (provided, rank, size) = (Int32(0), Int32(0), Int32(0))
    guard start(nil, nil, serialized, &provided) == 0, rankOf(world, &rank) == 0,
      sizeOf(world, &size) == 0
    else { throw UserError("MPI could not be started.") }
    (self.rank, self.size) = (Int(rank), Int(size))
  }

  /// So many bytes of a root become everybody's.
  ///
  /// A failure of any call ends the run: MPI's own error handler says what it was.
  func broadcast(_ bytes: UnsafeMutableRawPointer, count: Int, root: Int) {
    for part in parts(count) {
      _ = broadcast(bytes + part.lowerBound, Int32(part.count), byte, Int32(root), world)
    }
  }

  /// A count is an `int`.
  private func parts(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: 1 << 30).map { $0..<min(count, $0 + 1 << 30) }
  }

  /// Sends each rank its part of `sent`, and receives one from each, in the order of ranks.
  ///
  /// - Precondition: all parts together are less than 2 GiB.
  func exchange(
    _ sent: UnsafeMutableRawPointer, counts: [Int], into received: UnsafeMutableRawPointer,
    counts receivedCounts: [Int]
  ) {
    _ = exchangeAll(
      sent, counts.map { Int32($0) }, Self.starts(counts), byte, received,
      receivedCounts.map { Int32($0) }, Self.starts(receivedCounts), byte, world)
  }

  /// The parts of all ranks, one after the other, become everybody's; each has put its own in its place
  /// of a buffer.
  func gather(_ own: UnsafeMutableRawPointer, into all: UnsafeMutableRawPointer, counts: [Int]) {
    _ = gatherAll(
      own, Int32(counts[rank]), byte, all, counts.map { Int32($0) }, Self.starts(counts), byte,
      world)
  }

  private static func starts(_ counts: [Int]) -> [Int32] {
    var (starts, sum) = ([Int32](), Int32(0))
    for count in counts {
      starts.append(sum)
      sum += Int32(count)
    }
    return starts
  }

  /// Ends all processes.
  func abort(_ status: Int32) { _ = abortAll(world, status) }

  /// Says goodbye to the others; nothing is sent after it.
  func finish() { _ = finalize() }
}
