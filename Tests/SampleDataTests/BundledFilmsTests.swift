import SampleData
import Testing

@Suite("The bundled films")
struct BundledFilmsTests {
  @Test("There are enough films that have people in common, from all over the world")
  func properties() throws {
    let films = try Bundled.table.get().films
    #expect(films.count >= 450)
    #expect(Set(films.map(\.id)).count == films.count)
    #expect(names(in: films, under: .director, atLeast: 6).count >= 25)
    #expect(names(in: films, under: .actor, atLeast: 6).count >= 60)
    #expect(names(in: films, under: .country, atLeast: 1).count >= 15)
    let decades = Set(films.map(\.decade))
    for decade in stride(from: 1920, through: 2020, by: 10) {
      #expect(decades.contains("\(decade)s"), "no film of the \(decade)s")
    }
  }

  @Test("No film is there twice under two years")
  func titles() throws {
    let films = try Bundled.table.get().films
    let titles = Dictionary(grouping: films) { "\($0.title.lowercased()) \($0.directors)" }
    #expect(titles.filter { $0.value.count > 1 }.keys.sorted() == [])
  }

  @Test("The films of no director are more than 65 years apart")
  func careers() throws {
    var years: [String: [Int]] = [:]
    for film in try Bundled.table.get().films {
      for director in film.directors { years[director, default: []].append(film.year) }
    }
    let odd = years.filter { ($0.value.max() ?? 0) - ($0.value.min() ?? 0) > 65 }
    #expect(odd.isEmpty)
  }

  private func names(
    in films: [Film], under relation: FilmRelation, atLeast count: Int
  ) -> [String] {
    let all = Dictionary(grouping: films.flatMap { $0.names(of: relation) }, by: \.self)
    return all.filter { $0.value.count >= count }.keys.sorted()
  }
}
