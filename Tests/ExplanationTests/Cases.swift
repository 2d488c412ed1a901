import KSRModel
import ModelTestSupport
import TestSupport
import Testing

/// Networks of every depth, with and without `[PAD]`, with every memory; facts with and without null
/// slot, and with a repeat bias.
struct NetworkCase: Sendable, CustomTestStringConvertible {
  var layers: Int
  var pad: Bool
  var memory: MemoryKind
  var seed: UInt64

  static let all = (1...3).flatMap { layers in
    [false, true].flatMap { pad in
      MemoryKind.allCases.flatMap { memory in
        (1...3).map { NetworkCase(layers: layers, pad: pad, memory: memory, seed: $0) }
      }
    }
  }

  var random: RandomNetwork {
    var random = RandomNetwork(seed: seed, layers: layers)
    random.settings.hasPadRelation = pad
    random.settings.memory = memory
    random.settings.repeatBias = memory == .facts
    random.settings.nullSlot = !pad
    return random
  }

  var testDescription: String {
    "\(layers) layers, \(pad ? "[PAD]" : "no [PAD]"), memory \(memory), seed \(seed)"
  }
}

/// Sequences and networks of RecBole's fixtures.
enum Fixture {
  static let tiny = (1...3).flatMap { layers in
    ["ce", "bpr"].map {
      TestEnvironment.fixture("recbole-tiny/ksr-\($0)-layers\(layers).safetensors")
    }
  }

  /// The sequences of a padded tensor, without their padding.
  static func sequences(
    _ file: SafetensorsFile, items: String, lengths: String
  ) throws -> [[Int32]] {
    let width = try file.shape(items)[1]
    let items = try file.integers(items)
    return try file.integers(lengths).enumerated().map { row, length in
      items[row * width..<row * width + length].map(Int32.init)
    }
  }
}
