import SampleData
import Testing

@Suite("Simulated viewers")
struct SimulationTests {
  /// The choices of a run, without noise.
  private struct Run {
    var tail: Int
    var films: [Int]
    /// The film before the run, and how many films of the tail were unseen at its start and end.
    var before: Int?
    var unseenAtStart: Int
    var unseenAtEnd: Int
    var isLast: Bool
  }

  private func runs(of user: SimulatedUser, _ graph: FilmGraph) throws -> [Run] {
    var seen: Set<Int> = []
    var runs: [Run] = []
    for (index, choice) in user.choices.enumerated() {
      if let tail = choice.followed {
        if choice.run == runs.count {
          let unseen = graph.filmsOfTail[tail].count { !seen.contains($0) }
          runs.append(
            Run(
              tail: tail, films: [], before: index == 0 ? nil : user.choices[index - 1].film,
              unseenAtStart: unseen, unseenAtEnd: unseen, isLast: false))
        }
        try #require(choice.run == runs.count - 1)
        runs[choice.run].films.append(choice.film)
        try #require(runs[choice.run].tail == tail)
      }
      seen.insert(choice.film)
      if let last = runs.indices.last {
        runs[last].unseenAtEnd = graph.filmsOfTail[runs[last].tail].count { !seen.contains($0) }
      }
    }
    if let last = runs.indices.last { runs[last].isLast = true }
    return runs
  }

  @Test("At least 2,000 viewers watch 12 to 60 films each, none twice, one after the other")
  func users() throws {
    let sample = try Bundled.sample.get()
    #expect(sample.users.count >= 2000)
    #expect(sample.users.map(\.id) == (1...sample.users.count).map { "\($0)" })
    let lengths = sample.users.map(\.choices.count)
    #expect(lengths.allSatisfy { (12...60).contains($0) })
    #expect((lengths.min() ?? 0) < 16 && (lengths.max() ?? 0) > 50)
    #expect(sample.users.map { Set($0.choices.map(\.film)).count } == lengths)
    // The years 2015 to 2024.
    let years = 1_420_070_400..<1_735_689_600
    let disordered = sample.users.filter { user in
      let times = user.choices.map(\.timestamp)
      return !zip(times, times.dropFirst()).allSatisfy(<) || !times.allSatisfy(years.contains)
    }
    #expect(disordered.isEmpty)
  }

  @Test("A run follows one tail as long as it may, and starts at a tail of the film before")
  func runRules() throws {
    let sample = try Bundled.sample.get()
    let graph = sample.graph
    var wrong: [Run] = []
    var fresh = 0
    var all = 0
    for user in sample.users {
      let isFull = user.choices.count == 60
      for run in try runs(of: user, graph) {
        let follows = run.films.allSatisfy { graph.tailsOfFilm[$0].contains(run.tail) }
        let isLongEnough = run.films.count >= 5 || (run.isLast && isFull)
        if !follows || run.unseenAtStart < 6 || run.films.count > 12 || !isLongEnough {
          wrong.append(run)
        }
        if let before = run.before {
          all += 1
          if !graph.tailsOfFilm[before].contains(run.tail) { fresh += 1 }
        }
      }
    }
    #expect(wrong.isEmpty)
    // Where the last film has nothing left to follow.
    #expect(fresh * 20 <= all, "\(fresh) of \(all) runs start afresh")
  }

  @Test("The next run follows another tail, and a run that ends early has fewer than 2 films left")
  func neighbours() throws {
    let sample = try Bundled.sample.get()
    var wrong = 0
    var short = 0
    var shortForWant = 0
    for user in sample.users {
      let runs = try runs(of: user, sample.graph)
      for (run, next) in zip(runs, runs.dropFirst()) {
        if run.tail == next.tail { wrong += 1 }
        // Wherever two films were left, the run could have gone on to any length.
        if run.films.count < 8 {
          short += 1
          if run.unseenAtEnd < 2 { shortForWant += 1 }
        }
      }
    }
    #expect(wrong == 0)
    // Of eight lengths alike, three are below 8; the rest of the short runs ended for want.
    #expect(shortForWant > 0 && shortForWant < short)
  }

  @Test("Noise is rare, has nothing to do with its run, and has no truth")
  func noise() throws {
    let sample = try Bundled.sample.get()
    let graph = sample.graph
    var noise = 0
    var popular = 0
    var wrong = 0
    let famous = Set(graph.filmsByFame.prefix(graph.films.count / 10))
    for user in sample.users {
      let tails = try runs(of: user, graph).map(\.tail)
      for choice in user.choices where choice.followed == nil {
        noise += 1
        if famous.contains(choice.film) { popular += 1 }
        if choice.truth != nil || graph.tailsOfFilm[choice.film].contains(tails[choice.run]) {
          wrong += 1
        }
      }
    }
    let report = try Bundled.report.get()
    #expect(wrong == 0)
    #expect(noise == report.noise)
    #expect(noise * 10 <= report.choices)
    #expect(noise * 20 >= report.choices)
    // A tenth of the films would get a tenth of uniform noise.
    #expect(popular * 10 >= noise * 4)
  }

  @Test("The truth of a choice is a tail that the film has and the history points to")
  func truth() throws {
    let sample = try Bundled.sample.get()
    let graph = sample.graph
    #expect(sample.users.allSatisfy { $0.choices.first?.truth == nil })
    var wrong = 0
    for user in sample.users {
      for (before, choice) in zip(user.choices, user.choices.dropFirst()) {
        let isPointedTo = choice.followed.map { tail in
          before.run == choice.run || graph.tailsOfFilm[before.film].contains(tail)
        }
        let hasTail = choice.truth.map(graph.tailsOfFilm[choice.film].contains) ?? true
        if !hasTail || choice.truth != (isPointedTo == true ? choice.followed : nil) { wrong += 1 }
      }
    }
    #expect(wrong == 0)
  }

  @Test("Viewers differ in what they follow, and every relation is followed")
  func tastes() throws {
    let sample = try Bundled.sample.get()
    let report = try Bundled.report.get()
    #expect(report.runs.allSatisfy { $0.count >= 50 })
    #expect(report.settingShare <= 0.2)
    // Were all tastes alike, the share of director runs would hardly vary between users.
    let shares = sample.users.compactMap { user -> Double? in
      let tails = user.choices.compactMap(\.followed)
      guard tails.count >= 30 else { return nil }
      let own = tails.count { sample.graph.tails[$0].relation == .director }
      return Double(own) / Double(tails.count)
    }
    #expect(shares.count { $0 < 0.05 } * 10 >= shares.count)
    #expect(shares.count { $0 > 0.4 } * 20 >= shares.count)
  }

  @Test("A viewer depends on the seed and the id, not on the number of viewers")
  func seeds() throws {
    let table = try Bundled.table.get()
    let few = try CinemaSample(table, userCount: 20).users
    #expect(few == Array(try Bundled.sample.get().users.prefix(20)))
    #expect(few != (try CinemaSample(table, seed: 1, userCount: 20).users))
  }

  @Test("Too few films are an error, not a shorter history")
  func tooFew() throws {
    let films = Array(try Bundled.table.get().films.prefix(9))
    #expect(throws: (any Error).self) { try CinemaSample(FilmTable(films), userCount: 5) }
  }
}
