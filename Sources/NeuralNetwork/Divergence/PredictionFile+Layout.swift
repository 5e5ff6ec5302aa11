import GGUF

/// How a file of predictions is laid out:
///
///     offset  0   "Ration: predictions, v1\n"
///     offset 24   vocabulary        UInt64
///     offset 32   tokens of a chunk UInt64
///     offset 40   the digest of the model, 32 bytes
///     offset 72   the checksum of the 72 bytes before
///     offset 80   the chunks, all of one size
///
/// A chunk has a head of 40 bytes, the SHA-256 of its tokens and the checksum of that, and a row for each of its tokens
/// whose predictions are compared. Until all rows are written, the head is zeros. A row:
///
///     offset  0   −ln p of the token that follows, Float64
///     offset  8   the likeliest token, UInt32
///     offset 12   what the draft holds for the likeliest, UInt32; 2³² − 1 without a draft
///     offset 16   codes (see `PredictionCode`), UInt16 each
///     at the end  the checksum of all before
///
/// A checksum is the first 8 bytes of the SHA-256. Numbers are little-endian.
extension PredictionFile {
  struct Layout: Sendable {
    static let mark = Array("Ration: predictions, v1\n".utf8)
    static let headerBytes = 80
    static let headBytes = 40
    static let checksumBytes = 8
    /// Bytes of a row before its codes.
    static let figuresBytes = 16
    static let noDraft = UInt32.max

    let vocabulary: Int
    /// The tokens of a chunk whose predictions are compared.
    let positions: Range<Int>

    init(vocabulary: Int, context: Int) {
      self.vocabulary = vocabulary
      positions = NetworkPair.comparedPositions(ofTokens: context)
    }

    var rowBytes: Int { Self.figuresBytes + 2 * vocabulary + Self.checksumBytes }
    var chunkBytes: Int { Self.headBytes + positions.count * rowBytes }

    /// Bytes of a file of so many chunks; nil where no file can be that large.
    func fileBytes(chunks: Int) -> Int? {
      let (bytes, overflow) = chunkBytes.multipliedReportingOverflow(by: chunks)
      let (total, carry) = bytes.addingReportingOverflow(Self.headerBytes)
      return overflow || carry ? nil : total
    }

    /// Where a chunk begins.
    func offset(ofChunk chunk: Int) -> Int { Self.headerBytes + chunk * chunkBytes }

    /// Where a row of a chunk begins.
    func offset(ofRow row: Int, inChunk chunk: Int) -> Int {
      offset(ofChunk: chunk) + Self.headBytes + row * rowBytes
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the last bytes are the checksum of those before.
  var isSealed: Bool {
    let payload = UnsafeRawBufferPointer(rebasing: dropLast(PredictionFile.Layout.checksumBytes))
    return ContentDigest(of: payload).bytes.prefix(PredictionFile.Layout.checksumBytes)
      .elementsEqual(suffix(PredictionFile.Layout.checksumBytes))
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Sets the last bytes to the checksum of those before.
  func seal() {
    let payload = UnsafeRawBufferPointer(
      rebasing: self[..<(count - PredictionFile.Layout.checksumBytes)])
    let checksum = ContentDigest(of: payload).bytes.prefix(PredictionFile.Layout.checksumBytes)
    for (index, byte) in checksum.enumerated() { self[payload.count + index] = byte }
  }
}
