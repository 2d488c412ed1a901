import AtomicFiles
import Foundation
import KSRModel
import KnowledgeGraph
import Synchronization
import Text
import Training
import Workspace

struct TrialSettings: Sendable {
  /// From files and the command line.
  let given: Settings
  /// What they go on top of.
  let base: RunSettings
  let space: SearchSpace

  /// All settings of a trial; without values what all trials have.
  func merged(_ values: [SettingValue]) -> Settings {
    var settings = given
    for (parameter, value) in zip(space.parameters, values) {
      settings.set(parameter.name, value, source: space.source, line: parameter.line)
    }
    return settings
  }

  func run(_ values: [SettingValue]) throws(DataError) -> RunSettings {
    var run = base
    _ = try run.apply(merged(values))
    return run
  }

  /// Tries every listed value and every end of a range by itself, so that a wrong one is found
  /// before the first trial.
  ///
  /// - Returns: what is odd about the settings given for all trials.
  func check() throws -> [String] {
    var run = base
    let warnings = try run.apply(given)
    for parameter in space.parameters {
      for value in parameter.range.examples {
        var settings = given
        settings.set(parameter.name, value, source: space.source, line: parameter.line)
        var trial = base
        let found = try trial.apply(settings)
        if let odd = found.first(where: { !warnings.contains($0) }) {
          throw UserError(odd)
        }
      }
    }
    return warnings
  }
}

extension SearchSpace.Range {
  /// Its listed values, or its ends.
  var examples: [SettingValue] {
    switch self {
    case .choice(let values): values
    case .uniform(let low, let high): [.float(low), .float(high)]
    case .logUniform(let low, let high): [.float(exp(low)), .float(exp(high))]
    case .quantised(let low, let high, let step):
      [.float((low / step).rounded() * step), .float((high / step).rounded() * step)]
    }
  }
}

/// Makes the trainings of trials; what several need is read once.
final class TrialSource: Sendable {
  private struct Known {
    var data: [String: Dataset] = [:]
    var vectors: [String: (entities: FeatureVectors, relations: FeatureVectors)] = [:]
  }

  private let folder: AtomicFolder
  private let trials: TrialSettings
  private let plan: TrialPlan
  private let threads: Int
  private let known = Mutex(Known())

  init(_ folder: AtomicFolder, _ trials: TrialSettings, _ plan: TrialPlan, threads: Int) {
    (self.folder, self.trials, self.plan, self.threads) = (folder, trials, plan, threads)
  }

  func prepare(_ trial: Int) throws -> Tuner.Prepared {
    do {
      return try makeTraining(trial)
    } catch let error as DataError {
      throw trials.merged(plan.trials[trial - 1]).located(error)
    }
  }

  private func makeTraining(_ trial: Int) throws -> Tuner.Prepared {
    let requested = try trials.run(plan.trials[trial - 1])
    let (data, vectors) = try known.withLock { known throws in
      let data = try self.data(requested, &known)
      return try (data, self.vectors(requested, data.folder, &known))
    }
    let memory = try MemoryContents(
      data, choosing: requested.training.memoryRelations, entities: vectors.entities,
      relations: vectors.relations, scale: requested.relationScale,
      padRelation: requested.network.hasPadRelation)
    let training = ModelTraining(requested, data: data, memory: memory)
    return Tuner.Prepared(
      training: training, bytes: training.memoryEstimate(savesStates: false).bytes)
  }

  private func data(_ run: RunSettings, _ known: inout Known) throws -> Dataset {
    let key = "\(run.training.split) \(run.data)"
    if let data = known.data[key] { return data }
    let data = try Dataset.read(folder, split: run.training.split, settings: run.data)
    known.data[key] = data
    return data
  }

  private func vectors(
    _ run: RunSettings, _ folder: AtomicFolder, _ known: inout Known
  ) throws -> (entities: FeatureVectors, relations: FeatureVectors) {
    let key = "\(run.network.kgEmbeddingSize) \(run.training.seed) \(run.data)"
    if let vectors = known.vectors[key] { return vectors }
    let vectors = try GraphEmbedding.load(
      folder, dimension: run.network.kgEmbeddingSize, seed: run.training.seed, threads: threads)
    known.vectors[key] = vectors
    return vectors
  }
}
