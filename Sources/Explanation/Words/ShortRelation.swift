/// A relation's name in some characters.
///
/// Names like `film.film.directed_by` differ at their end, so that is what stays of them; of a word
/// the beginning stays.
func shortRelation(_ name: String, _ length: Int) -> String {
  guard name.count > length, length > 0 else { return name }
  guard name.contains(where: { $0 == "." || $0 == "/" }) else {
    return name.prefix(length - 1) + "…"
  }
  var rest = name[...]
  while let dot = rest.firstIndex(where: { $0 == "." || $0 == "/" }) {
    rest = rest[rest.index(after: dot)...]
    if !rest.isEmpty, rest.count < length { return "…" + rest }
  }
  return "…" + name.suffix(length - 1)
}
