import Testing

@testable import Workspace

@Suite("Names of linked things")
struct LinkNamesTests {
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
