import AtomicFiles
import Randomness
import Testing

@testable import KnowledgeGraph

@Suite struct EmbeddingTrainerTests {
  private func data(
    _ count: Int = 300, entities: Int = 40, relations: Int = 5, seed: UInt64 = 6
  ) -> LinkPredictionData {
    var generator = SeededGenerator(seed: seed)
    return LinkPredictionData(
      randomTriples(count, entities: entities, relations: relations, &generator))
  }

  private func settings(_ change: (inout EmbeddingSettings) -> Void) -> EmbeddingSettings {
    var settings = EmbeddingSettings()
    settings.dimension = 13
    settings.epochs = 4
    settings.batchSize = 90
    settings.chunkSize = 20
    settings.negatives = 10
    change(&settings)
    return settings
  }

  private func bits(_ vectors: TransE) -> [UInt32] {
    (vectors.entities.values + vectors.relations.values).map(\.bitPattern)
  }

  @Test(arguments: EmbeddingSettings.Learner.allCases, [1, 2])
  func theNumberOfThreadsChangesNoBit(learner: EmbeddingSettings.Learner, norm: Int) throws {
    let settings = settings {
      $0.learner = learner
      $0.norm = norm
      $0.learningRate = 0.05
      $0.validationShare = 0.1
      $0.evaluationStep = 2
      $0.side = .bernoulli
      $0.normalisesEntities = learner == .sgd
    }
    let data = data()
    let once = bits(try EmbeddingTrainer(data, settings, threads: 1).run())
    for threads in [2, 3, 8] {
      #expect(bits(try EmbeddingTrainer(data, settings, threads: threads).run()) == once)
    }
    var other = settings
    other.seed = 1
    #expect(bits(try EmbeddingTrainer(data, other, threads: 1).run()) != once)
  }

  @Test(
    arguments: EmbeddingSettings.Loss.allCases, EmbeddingSettings.Learner.allCases)
  func theLossFalls(loss: EmbeddingSettings.Loss, learner: EmbeddingSettings.Learner) throws {
    for norm in [1, 2] {
      let settings = settings {
        $0.loss = loss
        $0.learner = learner
        $0.norm = norm
        $0.epochs = 40
        $0.margin = loss == .margin ? 1 : 4
        $0.learningRate =
          switch learner {
          case .sgd: norm == 1 ? 0.5 : 2
          case .adagrad: 0.1
          case .adam: 0.01
          }
        $0.schedule = .constant
      }
      var losses: [Double] = []
      _ = try EmbeddingTrainer(data(60, entities: 30, relations: 3), settings, threads: 2).run {
        if case .epoch(let number, let loss, let validation, let isBest) = $0 {
          losses.append(loss)
          #expect(number == losses.count && validation == nil && isBest)
        }
      }
      #expect(losses.count == 40)
      let first = losses.prefix(4).reduce(0, +)
      let last = losses.suffix(4).reduce(0, +)
      #expect(last < first * 0.9, "\(loss) \(learner) \(norm): \(first) \(last)")
    }
  }

  @Test func entitiesKeepLengthOneIfAsked() throws {
    let settings = settings { $0.normalisesEntities = true }
    let vectors = try EmbeddingTrainer(data(), settings, threads: 2).run()
    for entity in 0..<40 {
      #expect(abs(vectors.entities[entity].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
  }

  @Test func oneFactorGivesEntitiesTheirMeanLength() throws {
    let trained = try EmbeddingTrainer(
      data(), settings { $0.entityLength = 0 }, threads: 1
    ).run()
    let scaled = try EmbeddingTrainer(
      data(), settings { $0.entityLength = 2 }, threads: 1
    ).run()
    let lengths = (0..<40).map { scaled.entities[$0].reduce(0) { $0 + $1 * $1 }.squareRoot() }
    #expect(abs(lengths.reduce(0, +) / 40 - 2) < 1e-4)
    let factor = scaled.entities.values[0] / trained.entities.values[0]
    let pairs = zip(
      scaled.entities.values + scaled.relations.values,
      trained.entities.values + trained.relations.values)
    for (a, b) in pairs { #expect(abs(a - factor * b) < 1e-5) }
  }

  /// Films with directors, and genres that follow from the directors.
  @Test func learnsWhatFollows() throws {
    var columns = TripleColumns()
    for film in Int32(0)..<60 {
      columns.append(film, 0, 60 + film % 12)
      columns.append(film, 1, 72 + film % 4)
    }
    var data = LinkPredictionData(
      Triples(
        entities: Vocabulary((0..<76).map { "e\($0)" }), relations: Vocabulary(["by", "is"]),
        head: columns.head, relation: columns.relation, tail: columns.tail))
    data.holdOut(share: 0.1, seed: 4)
    #expect(data.validation.count == 12 && data.train.count == 108)
    data.test = data.validation
    let settings = settings {
      $0.dimension = 16
      $0.epochs = 100
      $0.negatives = 30
    }
    let trainer = try EmbeddingTrainer(data, settings, threads: 2)
    let vectors = try trainer.run()
    let report = EmbeddingReport(
      trainer, vectors, epochs: 100, bestEpoch: 100, loss: nil, seconds: 2)
    #expect(report.measured == .test && report.tails.meanRank < 8, "\(report.tails)")
    #expect(report.relations.map(\.relation).sorted() == ["by", "is"])
    #expect(report.scores.questions == 24 && report.triplesPerSecond == 5400)
  }

  @Test func stopsWhenValidationGetsNoBetter() throws {
    let settings = settings {
      $0.epochs = 500
      $0.learningRate = 1e-9
      $0.validationShare = 0.1
      $0.evaluationStep = 1
      $0.stoppingStep = 2
    }
    var (epochs, best) = (0, 0)
    _ = try EmbeddingTrainer(data(), settings, threads: 1).run {
      if case .epoch(let number, _, let validation, let isBest) = $0 {
        epochs = number
        if isBest { best = number }
        #expect(validation != nil)
      }
    }
    #expect(best == 1 && epochs == 4)
  }

  @Test func holdsOutOnlyWhatOthersTeach() {
    var generator = SeededGenerator(seed: 12)
    for count in [1, 2, 10, 80] {
      var data = LinkPredictionData(
        randomTriples(count, entities: 12, relations: 3, &generator))
      let all = data.train
      data.holdOut(share: 0.5, seed: 5)
      #expect(data.train.count + data.validation.count == count)
      #expect(data.validation.count <= (count + 1) / 2)
      let taught = Set(data.train.head + data.train.tail)
      for place in 0..<data.validation.count {
        #expect(taught.contains(data.validation.head[place]))
        #expect(taught.contains(data.validation.tail[place]))
        #expect(data.train.relation.contains(data.validation.relation[place]))
      }
      func keys(_ columns: TripleColumns) -> [String] {
        (0..<columns.count).map {
          "\(columns.head[$0]) \(columns.relation[$0]) \(columns.tail[$0])"
        }
      }
      #expect((keys(data.train) + keys(data.validation)).sorted() == keys(all).sorted())
    }
  }

  /// Relations with more tails for a head than heads for a tail ask for the head more often.
  @Test func bernoulliAsksWhereThereAreFewAnswers() {
    var columns = TripleColumns()
    for tail in Int32(1)..<9 { columns.append(0, 0, tail) }
    columns.append(1, 1, 2)
    let questions = TrainingQuestions(columns, relationCount: 3, side: .bernoulli)
    // One head with eight tails against eight tails with one head each: 8 : 1.
    #expect(abs(questions.headShare.start[0] - 8 / 9) < 1e-6)
    #expect(questions.headShare.start[1] == 0.5 && questions.headShare.start[2] == 0.5)
  }

  @Test func refusesWhatCannotBeTrained() {
    func sentence(_ data: LinkPredictionData, _ settings: EmbeddingSettings) -> String? {
      do throws(DataError) {
        _ = try EmbeddingTrainer(data, settings, threads: 1)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(
      sentence(data(0), settings { _ in }) == """
        knowledge graph: found 0 triples of 40 entities, expected at least one triple and two \
        entities.
        """)
    #expect(sentence(data(2, entities: 1), settings { _ in })?.contains("2 triples of 1") == true)
    #expect(
      sentence(data(), settings { $0.dimension = 0 }) == """
        TransE settings, field embedding_size: found 0, expected a whole number from 1 to 4096.
        """)
    #expect(
      sentence(data(), settings { $0.learningRate = .nan })?.contains("learning_rate") == true)
    let huge = settings {
      $0.batchSize = 10_000_000
      $0.chunkSize = 1
      $0.dimension = 4096
    }
    #expect(
      sentence(data(200_000), huge)?.contains("smaller negatives, train_batch_size") == true)
  }
}
