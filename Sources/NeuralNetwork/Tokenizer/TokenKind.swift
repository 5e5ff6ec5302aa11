/// What a token is for, by its number in `tokenizer.ggml.token_type` (`llama_token_type` in
/// `llama.h`).
enum TokenKind: Int {
  /// Stands for nothing: 0, and any number without a meaning.
  case undefined = 0
  /// Stands for text.
  case normal = 1
  /// Stands for what cannot be encoded.
  case unknown = 2
  /// Steers the model; no text becomes it unless the caller asks for that.
  case control = 3
  /// Wherever its text occurs, it is this token, before anything else is looked at.
  case userDefined = 4
  /// Kept free.
  case unused = 5
  /// One byte, spelt `<0x00>` to `<0xFF>`.
  case byte = 6
}
