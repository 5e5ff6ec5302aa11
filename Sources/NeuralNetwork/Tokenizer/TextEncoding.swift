/// How text becomes tokens and tokens become text, special tokens aside.
protocol TextEncoding: Sendable {
  /// Appends the tokens of `text`, any bytes. `isStart` says that it begins the whole text or follows
  /// a special token.
  func encode(_ text: ArraySlice<UInt8>, isStart: Bool, into stream: inout TokenStream)

  /// The text that a token of kind normal or byte stands for.
  func text(of token: Int32) -> [UInt8]

  /// Whether encoding puts a space in front of a text.
  var addsSpacePrefix: Bool { get }
}
