/* Wall time, for reports. */
#ifndef WICK_BASE_CLOCK_H
#define WICK_BASE_CLOCK_H

/* Seconds on a clock that only runs forward. */
double wick_seconds(void);

#endif
