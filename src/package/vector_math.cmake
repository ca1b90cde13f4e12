# Has libm the functions of several numbers at once that gcc calls in vectorised loops (glibc's libmvec)? Sets
# WICK_VECTOR_MATH_LINKS.
include(CheckCSourceCompiles)
include(CMakePushCheckState)
cmake_push_check_state(RESET)
set(CMAKE_REQUIRED_FLAGS "-O3 -fno-math-errno -mavx2")
set(CMAKE_REQUIRED_LIBRARIES m)
set(CMAKE_REQUIRED_QUIET ON)
check_c_source_compiles("
  __attribute__((simd(\"notinbranch\"))) double atan(double x);
  double values[64];
  int main(void)
  {
      for (int i = 0; i < 64; i++) values[i] = atan(values[i]);
      return values[0] > 2;
  }" WICK_VECTOR_MATH_LINKS)
cmake_pop_check_state()
