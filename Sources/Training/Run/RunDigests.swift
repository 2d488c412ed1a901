import AtomicFiles
import Evaluation
import KSRModel

/// Digests of what a run works on, so that it does not go on with something else.
struct RunDigests: Sendable, Equatable {
  /// Of the items, the training sequences and the validation cases, in their order.
  let data: String
  /// Of the memory's relations, vectors and facts.
  let memory: String
}

extension ModelTraining {
  var digests: RunDigests {
    var data = Digest()
    data.add(self.data.items.bytes)
    data.add(self.data.items.offsets.map { Int64($0) })
    for sequence in self.data.trainingSequences { data.add(Array(sequence)) }
    for (number, validation) in validationCases.enumerated() {
      data.add([Int64(number), Int64(validation.user), Int64(validation.target)])
    }
    var memory = Digest()
    memory.add(self.memory.relations.bytes)
    memory.add(self.memory.relationVectors.values)
    memory.add(self.memory.entityVectors.values)
    memory.add(self.memory.tails.tokens.bytes)
    memory.add(self.memory.tails.offsets)
    memory.add(self.memory.tails.facts)
    return RunDigests(data: data.text, memory: memory.text)
  }
}

private struct Digest {
  private var hash = Vocabulary.hashStart

  /// Adds the bytes of some elements, and how many there are.
  mutating func add<Element: BitwiseCopyable>(_ elements: [Element]) {
    var hash = self.hash
    withUnsafeBytes(of: elements.count) { bytes in
      for byte in bytes { hash = Vocabulary.hashStep(hash, byte) }
    }
    elements.withUnsafeBytes { bytes in
      for byte in bytes { hash = Vocabulary.hashStep(hash, byte) }
    }
    self.hash = hash
  }

  var text: String { String(Vocabulary.hashEnd(hash), radix: 16) }
}
