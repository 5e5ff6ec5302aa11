import GGUF
import Testing

/// What a file says of how it was made, and what is made of it.
@Suite struct FileProvenanceTests {
  /// Everything that can be said of a file of two tensors.
  private var full: FileProvenance {
    var provenance = FileProvenance()
    provenance.version = "1.2"
    provenance.recipeDigest = ContentDigest(of: "recipe")
    provenance.sourceDigest = ContentDigest(of: "source")
    provenance.statisticsDigest = ContentDigest(of: "statistics")
    provenance.tensorDigests = [ContentDigest(of: "a"), ContentDigest(of: "b")]
    provenance.tensorOrigins = [ContentDigest(of: "c"), ContentDigest(of: "d")]
    provenance.predictedKLD = 0.25
    provenance.predictedError = 0
    return provenance
  }

  @Test("What is written is read again")
  func roundTrip() throws {
    var metadata = Metadata()
    full.write(into: &metadata)
    #expect(metadata.entries.map(\.key) == FileProvenance.Key.allCases.map(\.rawValue))
    #expect(try FileProvenance(metadata, tensors: 2) == full)
  }

  @Test("A file that says nothing is no error, and says nothing")
  func silence() throws {
    var metadata = Metadata()
    metadata["general.name"] = .string("Small")
    let provenance = try FileProvenance(metadata, tensors: 2)
    #expect(provenance.isEmpty)
    provenance.write(into: &metadata)
    #expect(metadata.entries.map(\.key) == ["general.name"])
  }

  @Test("What an earlier writer said, under whatever key, does not remain beside what is written")
  func replaced() {
    var metadata = Metadata()
    full.write(into: &metadata)
    metadata["ration.of_a_later_version"] = .uint32(1)
    var provenance = FileProvenance()
    provenance.version = "2"
    provenance.write(into: &metadata)
    #expect(metadata.entries.map(\.key) == ["ration.version"])
  }

  @Test(
    "A value without its form is an error that names the key",
    arguments: [
      (.version, .uint32(1)), (.recipeDigest, .string("ABC")),
      (.recipeDigest, .string(String(repeating: "g", count: 64))),
      (.sourceDigest, .strings([])), (.statisticsDigest, .string("")),
      (.tensorDigests, .string("")), (.tensorDigests, .strings([])),
      (.tensorDigests, .strings([ContentDigest(of: "a").hexadecimal])),
      (.tensorOrigins, .strings([ContentDigest(of: "a").hexadecimal, "b"])),
      (.tensorOrigins, .int32s([1, 2])),
      (.predictedKLD, .float64(.nan)), (.predictedKLD, .float64(-1)),
      (.predictedError, .float64(.infinity)), (.predictedError, .string("0.1")),
    ] as [(FileProvenance.Key, MetadataValue)])
  func form(_ key: FileProvenance.Key, _ value: MetadataValue) {
    var metadata = Metadata()
    full.write(into: &metadata)
    metadata[key.rawValue] = value
    #expect(throws: FormatError.Problem.provenance(key)) {
      try FileProvenance(metadata, tensors: 2)
    }
    #expect("\(FormatError.Problem.provenance(key))".contains(key.rawValue))
  }

  @Test("Digests are read from their own text, and from no other")
  func hexadecimal() {
    let digest = ContentDigest(of: "a")
    let text = digest.hexadecimal
    #expect(ContentDigest(hexadecimal: text) == digest)
    #expect(ContentDigest(hexadecimal: text.uppercased()) == nil)
    #expect(ContentDigest(hexadecimal: text + "0") == nil)
    #expect(ContentDigest(hexadecimal: String(text.dropLast()) + "０") == nil)
  }
}
