/* The last sentence of a program that cannot go on. Internal to this target. */
#ifndef RATION_LAST_WORDS_H
#define RATION_LAST_WORDS_H

/* Writes a sentence to standard error, on a line of its own. May be called from a signal handler. */
void say_last(const char *sentence);

#endif
