import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements of an SVG text in their order.
struct PlotElements {
  private let elements: [(name: String, attributes: [String: String], text: String)]

  /// Throws where the text is not well-formed XML.
  init(of svg: String) throws {
    let parser = XMLParser(data: Data(svg.utf8))
    let reader = Reader()
    parser.delegate = reader
    guard parser.parse() else { throw CocoaError(.fileReadCorruptFile) }
    elements = reader.elements
  }

  var names: [String] { elements.map(\.name) }

  /// The texts, without those of elements that have none.
  var texts: [String] { elements.map(\.text).filter { !$0.isEmpty } }

  /// The texts of the elements of a class.
  func texts(of style: String) -> [String] {
    elements.filter { $0.attributes["class"] == style }.map(\.text)
  }

  /// The attributes of the elements of a class.
  func attributes(of style: String) -> [[String: String]] {
    elements.map(\.attributes).filter { $0["class"] == style }
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String], text: String)] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String] = [:]
    ) {
      open.append(elements.count)
      elements.append((name, attributes, ""))
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      guard let index = open.last else { return }
      elements[index].text += text.trimmingCharacters(in: .newlines)
    }
  }
}
