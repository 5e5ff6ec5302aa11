#include "StandardRegex.h"

#include <regex>
#include <string>

void standard_regex_search(
  const char *pattern, const char *const *names, size_t count, StandardRegexResult *results) {
  try {
    const std::regex regex{std::string(pattern)};
    for (size_t i = 0; i < count; i++) {
      try {
        const bool found = std::regex_search(std::string(names[i]), regex);
        results[i] = found ? StandardRegexFound : StandardRegexNotFound;
      } catch (const std::regex_error &) {
        results[i] = StandardRegexGaveUp;
      }
    }
  } catch (const std::regex_error &) {
    for (size_t i = 0; i < count; i++) results[i] = StandardRegexRefused;
  }
}
