import Testing

@testable import Workspace

@Suite("Names of linked things")
struct LinkNamesTests {
  /// A short title and a qualifier that an encyclopedia puts behind it.
  @Test(arguments: [
    ("Go (1999)", "Go (1999 film)", true), ("Pi (1998)", "Pi (film)", true),
    ("M (1931)", "M (1931 German film)", true), ("Up", "Up (video game)", true),
    ("Go [1999]", "Go_(1999_film)", true), ("It (TV) (1990)", "It (Stephen King)", true),
    ("Pi (Aronofsky) (1998)", "Pi (mathematical thriller)", true), ("Go (Pi)", "Up (Heat)", false),
    ("(500) Days", "(500)", true), ("(Go)", "(Pi)", false),
    ("Go (1999)", "Pi (1999 film)", false), ("Big (1988)", "Heat (1995 film)", false),
    ("Seven (a.k.a. Se7en) (1995)", "Se7en", true),
    ("Postino, Il (The Postman)", "The Postman", true),
  ])
  func qualifiersDoNotCount(title: String, entity: String, isAlike: Bool) {
    #expect(ComparedText(title).resembles(ComparedText(entity)) == isAlike)
    #expect(ComparedText(entity).resembles(ComparedText(title)) == isAlike)
  }

  @Test("only items with both names are compared; those without anything in common look wrong")
  func names() {
    let titles = ["Psycho (1960)", "Vertigo", "Heat", "", "Alien"]
    let entities = ["Psycho", "The Birds", nil, "Nothing", "Aliens"]
    let names = LinkNames([4, 1, 0, 2, 3], title: { titles[$0] }, entityName: { entities[$0] })
    #expect(names.compared == 3)
    #expect(names.different == [1])
    let none = LinkNames(0..<5, title: { _ in nil }, entityName: { entities[$0] })
    #expect(none == LinkNames([], title: { _ in nil }, entityName: { _ in nil }))
  }
}
