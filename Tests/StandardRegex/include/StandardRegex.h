#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What `std::regex_search` makes of a name.
typedef enum {
  StandardRegexNotFound = 0,
  StandardRegexFound = 1,
  /// The pattern is not well-formed.
  StandardRegexRefused = 2,
  /// The search gave up: too complex.
  StandardRegexGaveUp = 3,
} StandardRegexResult;

/// Searches names for a pattern as llama.cpp and ik_llama.cpp do: `std::regex_search`, ECMAScript grammar.
///
/// The results of the `count` names, each terminated by a zero byte, go to `results`.
void standard_regex_search(
  const char *_Nonnull pattern, const char *_Nonnull const *_Nonnull names, size_t count,
  StandardRegexResult *_Nonnull results);

#ifdef __cplusplus
}
#endif
