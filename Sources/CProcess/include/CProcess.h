/* What a process must be able to do whatever state the rest of the program is in: hear signals, and
   end with a sentence when memory runs out. Nothing here allocates. */
#ifndef RATION_PROCESS_H
#define RATION_PROCESS_H

#include <stdbool.h>

/* Hears SIGINT, SIGTERM and SIGHUP from now on, but for those that whoever started the program wants
   ignored. A program that has not ended a second after the first signal is ended, wherever it is. */
void process_hear_signals(void);

/* The first signal that was heard, or 0. */
int process_signal_heard(void);

/* Ends the program as the signal does that was not caught, so that shells know of it. */
_Noreturn void process_end_by_signal(int number);

/* What is said when a signal has to end the program wherever it is. Of more than 500 bytes the rest is left
   out. */
void process_set_farewell(const char *sentence);
const char *process_farewell(void);

/* Tells whether a line without an end stands on standard error, as that of a progress bar. */
void process_set_open_line(bool is_open);

#endif
