import Evaluation
import KSRModel
import Randomness
import Workspace

extension Trainer {
  /// What the targets of cases are ranked among.
  func candidates(
    _ mode: CandidateMode, for cases: [RankingCase], itemCount: Int
  ) -> Candidates {
    Candidates(mode, for: cases, itemCount: itemCount, training: sequences, seed: training.seed)
  }

  /// The windows of an epoch in its order.
  func shuffledWindows(_ generator: inout SeededGenerator) -> [TrainingWindow] {
    var windows = training.mode.windows(
      lengths: sequences.map(\.count), maxLength: settings.maxItemListLength,
      stride: training.windowStride
    ) { stride in
      training.shiftsWindows ? 1 + generator.integer(below: stride) : stride
    }
    generator.shuffle(&windows)
    return windows
  }

  /// Deals the windows out to the shards, longest first, so that each has about the same work.
  func pack(
    _ windows: ArraySlice<TrainingWindow>, _ sampler: NegativeSampler,
    _ generator: inout SeededGenerator
  ) -> [PackedSequences] {
    let sorted = windows.enumerated().sorted {
      $0.element.length != $1.element.length
        ? $0.element.length > $1.element.length : $0.offset < $1.offset
    }
    let count = min(training.shards, sorted.count)
    return (0..<count).map { shard in
      PackedSequences(
        stride(from: shard, to: sorted.count, by: count).map {
          entry(sorted[$0].element, sampler, &generator)
        })
    }
  }

  private func entry(
    _ window: TrainingWindow, _ sampler: NegativeSampler, _ generator: inout SeededGenerator
  ) -> PackedSequences.Entry {
    let sequence = sequences[window.sequence]
    let start = sequence.startIndex + window.start
    let targets = (0..<window.length).map { step in
      step >= window.firstScored ? sequence[start + step + 1] : -1
    }
    var entry = PackedSequences.Entry(
      items: sequence[start..<start + window.length], targets: targets)
    if settings.loss == .bpr {
      for target in targets where target >= 0 {
        for _ in 0..<training.negativeCount {
          entry.negatives.append(sampler.draw(butNot: target, &generator))
        }
      }
    }
    return entry
  }
}
