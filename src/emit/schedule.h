/* The learning rate as a function of time in generated code: NAME_learning_rate(). Private to src/emit. */
#ifndef WICK_EMIT_SCHEDULE_H
#define WICK_EMIT_SCHEDULE_H

#include "problem/problem.h"
#include "template/values.h"

/* Sets LEARNING_RATE_DECLARATION and LEARNING_RATE_DEFINITION, empty where it is a number; AT_TIME, the statement of a
 * program that turns the parameters of its model to a time; OF_TIME and OF_TIME_PYTHON, whether there is anything to turn;
 * LEARNING_RATE_LINE, what a program prints of it; and CLOCK, the symbol of time. */
void wick_schedule_values(const wick_problem *problem, const char *name, wick_values *values);

#endif
