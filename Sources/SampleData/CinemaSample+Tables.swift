import AtomicFiles

/// The tables of the data set, in the order of films.tsv and of the viewers.
extension CinemaSample {
  func items() throws(DataError) -> AtomicFileWriter {
    var writer = try AtomicFileWriter([
      AtomicColumn("item_id", .token), AtomicColumn("movie_title", .tokenSequence),
      AtomicColumn("release_year", .float), AtomicColumn("class", .tokenSequence),
    ])
    for film in graph.films {
      // A token of a sequence has no space in it.
      let genres = film.genres.map { $0.split(separator: " ").joined(separator: "-") }
      try writer.append([
        .token(film.id), .text(film.title), .number(Double(film.year)),
        .text(genres.joined(separator: " ")),
      ])
    }
    return writer
  }

  func interactions() throws(DataError) -> AtomicFileWriter {
    var writer = try AtomicFileWriter([
      AtomicColumn("user_id", .token), AtomicColumn("item_id", .token),
      AtomicColumn("timestamp", .float),
    ])
    let items = graph.films.map(\.id)
    for viewer in viewers {
      for choice in viewer.choices {
        try writer.append([
          .token(viewer.id), .token(items[choice.film]), .number(Double(choice.timestamp)),
        ])
      }
    }
    return writer
  }

  func truth() throws(DataError) -> AtomicFileWriter {
    var writer = try AtomicFileWriter([
      AtomicColumn("user_id", .token), AtomicColumn("step", .float),
      AtomicColumn("relation", .token), AtomicColumn("entity", .token),
    ])
    for viewer in viewers {
      for (index, choice) in viewer.choices.enumerated() {
        let tail = choice.truth.map { graph.tails[$0] }
        try writer.append([
          .token(viewer.id), .number(Double(index + 1)),
          .token(tail?.relation.rawValue ?? "none"), .token(tail?.entity ?? "none"),
        ])
      }
    }
    return writer
  }

  func facts() throws(DataError) -> AtomicFileWriter {
    var writer = try AtomicFileWriter([
      AtomicColumn("head_id", .token), AtomicColumn("relation_id", .token),
      AtomicColumn("tail_id", .token),
    ])
    for (film, tails) in zip(graph.films, graph.tailsOfFilm) {
      for tail in tails.map({ graph.tails[$0] }) {
        try writer.append([
          .token(Self.entity(film)), .token(tail.relation.rawValue), .token(tail.entity),
        ])
      }
    }
    return writer
  }

  func links() throws(DataError) -> AtomicFileWriter {
    var writer = try AtomicFileWriter([
      AtomicColumn("item_id", .token), AtomicColumn("entity_id", .token),
    ])
    for film in graph.films {
      try writer.append([.token(film.id), .token(Self.entity(film))])
    }
    return writer
  }

  func entityNames() throws(DataError) -> AtomicFileWriter {
    var writer = try AtomicFileWriter([
      AtomicColumn("entity_id", .token), AtomicColumn("name", .tokenSequence),
    ])
    for film in graph.films { try writer.append([.token(Self.entity(film)), .text(film.title)]) }
    for entity in graph.entities { try writer.append([.token(entity.token), .text(entity.name)]) }
    return writer
  }

  func relationNames() throws(DataError) -> AtomicFileWriter {
    var writer = try AtomicFileWriter([
      AtomicColumn("relation_id", .token), AtomicColumn("name", .tokenSequence),
    ])
    for relation in FilmRelation.allCases {
      try writer.append([.token(relation.rawValue), .text(relation.rawValue)])
    }
    return writer
  }
}
