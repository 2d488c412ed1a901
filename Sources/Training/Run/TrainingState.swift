import KSRModel

/// All that a run needs to go on after an epoch as if it had never stopped.
///
/// Random choices need nothing here: each epoch's generator follows from the seed, the epoch and the
/// number of recoveries.
public struct TrainingState: Sendable, Equatable {
  /// The parameters after the last epoch.
  public var parameters: KSRParameters
  /// The running mean of the parameters, where one is kept.
  package var average: EMA?
  /// What was best when validated: parameters, or their mean.
  package var best: KSRParameters
  package var optimiser: Adam
  /// The epochs done.
  public var epochs: [EpochReport] = []
  /// The epochs that were not kept, in the order in which they came.
  package var recoveries: [Recovery] = []

  /// The state before the first epoch.
  public init(
    from initial: KSRParameters, settings: KSRSettings, training: TrainingSettings
  ) {
    parameters = initial
    average = training.averageDecay.map {
      EMA(of: initial, decay: $0, frozen: settings.frozenTensors)
    }
    best = initial
    optimiser = Adam(
      kind: training.optimiser, settings: settings, itemCount: initial.itemCount,
      relationCount: initial.relationCount, weightDecay: training.weightDecay,
      frozen: settings.frozenTensors)
  }

  /// What the run has learned up to here: the mean of the parameters, else they themselves.
  package var learned: KSRParameters { average?.parameters ?? parameters }

  /// Gives back the memory of all tensors.
  mutating func empty(_ settings: KSRSettings) {
    let none = KSRParameters(settings: settings, itemCount: 0, relationCount: 0)
    (parameters, best, optimiser.mean, optimiser.variance) = (none, none, none, none)
    average = nil
  }

  /// The number of epochs done.
  public var epoch: Int { epochs.count }

  /// The best epoch so far; nil before the first.
  package var bestEpoch: EpochReport? { epochs.last { $0.isBest } }

  /// The largest value of `valid_metric` so far; −∞ before the first validation.
  package var bestScore: Double { bestEpoch?.score ?? -.infinity }

  package var validationsWithoutImprovement: Int {
    epochs.reversed().prefix { !$0.isBest }.count { $0.score != nil }
  }

  /// Whether a run with these settings ends here.
  package func isFinished(_ training: TrainingSettings) -> Bool {
    epoch >= training.epochs || validationsWithoutImprovement > training.stoppingStep
      || hasGivenUp(training)
  }

  /// Whether the loss jumped once more than a run with these settings recovers from.
  package func hasGivenUp(_ training: TrainingSettings) -> Bool {
    training.recoveryLimit > 0 && recoveries.count > training.recoveryLimit
  }
}

extension KSRSettings {
  /// The tensors that training leaves as they are.
  var frozenTensors: Set<String> {
    freezesKnowledgeGraph ? ["relation_Matrix", "entity_embedding.weight"] : ["relation_Matrix"]
  }
}

extension KSRParameters {
  /// The name of the first tensor that holds an infinity or a NaN, if there is one.
  var firstNonFinite: String? {
    entries.first { entry in
      self[keyPath: entry.path].withUnsafeBufferPointer { values in
        // A sum over zeros is zero unless something is not finite; this goes through vectors.
        var sum: Float = 0
        for value in values { sum += value * 0 }
        return sum != 0 || sum.isNaN
      }
    }?.name
  }
}
