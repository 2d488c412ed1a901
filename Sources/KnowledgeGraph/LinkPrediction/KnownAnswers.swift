import AtomicFiles

/// For each question "head, relation, ?" and "?, relation, tail": all entities that answer it.
///
/// Made of every triple known, it tells which corrupted triples are true after all.
struct KnownAnswers: Sendable {
  /// The questions, ascending; see ``question(_:_:asksForHead:)``.
  private let questions: [UInt64]
  /// Where the answers of each question start; one more entry than questions.
  private let starts: [Int]
  /// The answers, ascending for each question.
  let answers: [Int32]
  private let relationCount: Int

  init(_ lists: [TripleColumns], relationCount: Int) {
    self.relationCount = relationCount
    var pairs: [(question: UInt64, answer: Int32)] = []
    pairs.reserveCapacity(2 * lists.reduce(0) { $0 + $1.count })
    for list in lists {
      for index in 0..<list.count {
        for asksForHead in [false, true] {
          let (known, answer) =
            asksForHead
            ? (list.tail[index], list.head[index]) : (list.head[index], list.tail[index])
          pairs.append(
            (
              Self.question(
                known, list.relation[index], asksForHead: asksForHead, relationCount: relationCount),
              answer
            ))
        }
      }
    }
    pairs.sort { ($0.question, $0.answer) < ($1.question, $1.answer) }
    var questions: [UInt64] = []
    var starts: [Int] = []
    var answers: [Int32] = []
    answers.reserveCapacity(pairs.count)
    for (place, pair) in pairs.enumerated() {
      if place == 0 || pair.question != pairs[place - 1].question {
        questions.append(pair.question)
        starts.append(answers.count)
      } else if pair.answer == pairs[place - 1].answer {
        continue
      }
      answers.append(pair.answer)
    }
    starts.append(answers.count)
    (self.questions, self.starts, self.answers) = (questions, starts, answers)
  }

  /// The places in ``answers`` of all entities that answer a question.
  ///
  /// - Complexity: O(log q) for q questions.
  func range(_ known: Int32, _ relation: Int32, asksForHead: Bool) -> Range<Int> {
    let wanted = Self.question(
      known, relation, asksForHead: asksForHead, relationCount: relationCount)
    var low = 0
    var high = questions.count
    while low < high {
      let middle = (low + high) / 2
      if questions[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    guard low < questions.count, questions[low] == wanted else { return 0..<0 }
    return starts[low]..<starts[low + 1]
  }

  private static func question(
    _ known: Int32, _ relation: Int32, asksForHead: Bool, relationCount: Int
  ) -> UInt64 {
    (UInt64(known) * UInt64(relationCount) + UInt64(relation)) * 2 + (asksForHead ? 1 : 0)
  }
}

/// Triples by identifiers of vocabularies kept elsewhere.
public struct TripleColumns: Sendable, Equatable {
  /// The head of each triple.
  package var head: [Int32] = []
  /// The relation of each triple.
  package var relation: [Int32] = []
  /// The tail of each triple.
  package var tail: [Int32] = []

  package init() {}

  /// The columns of triples that have their vocabularies with them.
  package init(_ triples: Triples) {
    (head, relation, tail) = (triples.head, triples.relation, triples.tail)
  }

  package var count: Int { head.count }

  mutating func append(_ head: Int32, _ relation: Int32, _ tail: Int32) {
    self.head.append(head)
    self.relation.append(relation)
    self.tail.append(tail)
  }

  func at(_ places: some Sequence<Int>) -> TripleColumns {
    var result = TripleColumns()
    for place in places { result.append(head[place], relation[place], tail[place]) }
    return result
  }
}
