import Foundation
import KSRModel
import KSRNumerics
import Randomness
import TestSupport
import Testing

/// Damaged and random checkpoints are read or refused with a sentence, whatever is in them.
///
/// Together 26,000 inputs (``TestEnvironment/fuzzCount(_:)``).
@Suite("PyTorch: damaged files")
struct PyTorchFuzzTests {
  private static let example: [UInt8] = {
    let path = TestEnvironment.fixture("recbole-tiny/recbole/KSR-recbole-1.2.1.pth")
    return FileManager.default.contents(atPath: path).map { Array($0) } ?? []
  }()

  /// The part of the example that RecBole's pickle takes: the first entry.
  private static let pickle: [UInt8] = {
    let name = Array("KSR-recbole-1.2.1/data.pkl".utf8)
    let start = 30 + name.count + 8
    let end = example.firstRange(of: [0x50, 0x4B, 0x07, 0x08])?.lowerBound ?? start
    return Array(example[start..<end])
  }()

  private struct Tally {
    var read = 0
    var refused = 0

    /// Reads a file and uses all that comes of it.
    mutating func add(_ bytes: [UInt8]) {
      do throws(CheckpointError) {
        let file = try PyTorchCheckpoint(bytes: bytes, file: "damaged.pth")
        read += 1
        for tensor in file.stateDict.tensors {
          #expect(tensor.values.count == tensor.shape.reduce(1, *))
        }
        for (key, value) in file.configuration { #expect(key.isEmpty || "\(value)" != "") }
        if let settings = try? file.stateDict.settings(completing: KSRSettings()) {
          _ = try? file.stateDict.parameters(
            settings, relations: Matrix(rows: 1, columns: settings.kgEmbeddingSize))
        }
      } catch {
        refused += 1
        #expect(isPrintable(error))
      }
    }
  }

  /// Storages as the example's state dict names them.
  private static let storages: [String: [UInt8]] = Dictionary(
    uniqueKeysWithValues: [320, 2560, 240, 300, 640, 64, 592, 8, 576, 8].enumerated().map {
      ("\($0)", [UInt8](repeating: 1, count: $1 * 4))
    })

  @Test("Cut off", arguments: 1...4 as ClosedRange<UInt64>)
  func truncation(seed: UInt64) throws {
    try #require(Self.example.count > 80_000)
    var generator = SeededGenerator(seed: seed)
    var tally = Tally()
    for _ in 0..<TestEnvironment.fuzzCount(500) {
      tally.add(Array(Self.example.prefix(generator.integer(below: Self.example.count))))
    }
    #expect(tally.read == 0)
  }

  @Test("Bits turned over anywhere", arguments: 1...4 as ClosedRange<UInt64>)
  func bitFlips(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var tally = Tally()
    tally.add(Self.example)
    #expect(tally.read == 1)
    let rounds = TestEnvironment.fuzzCount(1000)
    for _ in 0..<rounds {
      tally.add(flipped(Self.example, headerEnd: Self.example.count, &generator))
    }
    // Half of the file is what import does not read.
    #expect(tally.read > rounds / 10 && tally.refused > rounds * 3 / 10)
  }

  @Test("Bits turned over in the list of entries", arguments: 1...4 as ClosedRange<UInt64>)
  func directory(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var tally = Tally()
    let last = 3250
    let rounds = TestEnvironment.fuzzCount(1000)
    for _ in 0..<rounds {
      var bytes = Self.example
      for _ in 0...generator.integer(below: 3) {
        bytes[bytes.count - 1 - generator.integer(below: last)] ^=
          1 << UInt8(generator.integer(below: 8))
      }
      tally.add(bytes)
    }
    #expect(tally.refused > rounds / 2)
  }

  @Test("A damaged pickle with the right checksum", arguments: 1...4 as ClosedRange<UInt64>)
  func pickles(seed: UInt64) throws {
    try #require(Self.pickle.count == 12583)
    var generator = SeededGenerator(seed: seed)
    var tally = Tally()
    tally.add(checkpoint(Self.pickle, storages: Self.storages))
    #expect(tally.read == 1)
    let rounds = TestEnvironment.fuzzCount(2000)
    for _ in 0..<rounds {
      var pickle = Self.pickle
      for _ in 0...generator.integer(below: 3) {
        let place = generator.integer(below: pickle.count)
        switch generator.integer(below: 5) {
        case 0: pickle[place] ^= 1 << UInt8(generator.integer(below: 8))
        case 1: pickle[place] = Self.opcodes[generator.integer(below: Self.opcodes.count)]
        case 2: pickle.removeSubrange(place..<min(place + 1 + place % 40, pickle.count))
        case 3:
          let part = pickle[place..<min(place + 60, pickle.count)]
          pickle.insert(contentsOf: part, at: generator.integer(below: pickle.count))
        default:
          for at in place..<min(place + 8, pickle.count) { pickle[at] = 0xFF }
        }
        if pickle.isEmpty { pickle = Pickle.stop }
      }
      tally.add(checkpoint(pickle, storages: Self.storages))
    }
    #expect(tally.read > rounds / 20 && tally.refused > rounds / 4)
  }

  private static let opcodes: [UInt8] =
    Array(0x28...0x32) + Array(0x42...0x58) + Array(0x5D...0x75) + [0x7D] + Array(0x80...0x97)

  @Test("Instructions in any order", arguments: 1...4 as ClosedRange<UInt64>)
  func randomInstructions(seed: UInt64) throws {
    let tensor = Pickle.tensor(count: 6, shape: [2, 3], strides: [3, 1])
    let parts: [[UInt8]] =
      Self.opcodes.map { [$0] } + [
        tensor, Pickle.text("state_dict"), Pickle.text("config"), Pickle.text("w"), [0x4B, 1],
        Pickle.global("collections", "OrderedDict"), Pickle.global("torch", "FloatStorage"),
        Pickle.global("torch._utils", "_rebuild_tensor_v2"), Pickle.global("os", "system"),
        Pickle.emptyTuple, Pickle.emptyDictionary, Pickle.emptyList, Pickle.mark, Pickle.mark,
        [0x71, 1], [0x68, 1], [0x73], [0x75], [0x74], [0x52], [0x32], [0x85], [0x86],
        Pickle.dictionary([("state_dict", Pickle.dictionary([("w", tensor)]))]),
      ]
    var generator = SeededGenerator(seed: seed)
    var tally = Tally()
    let rounds = TestEnvironment.fuzzCount(2000)
    for _ in 0..<rounds {
      var pickle = Pickle.start
      for _ in 0...generator.integer(below: 30) {
        pickle += parts[generator.integer(below: parts.count)]
      }
      tally.add(checkpoint(pickle + Pickle.stop, storages: Self.storages))
    }
    #expect(tally.refused > rounds / 2)
  }
}
