# The libraries wick stands on, as one target `wick::dependencies`; read by wick's own build and, where wick was
# installed as a static library, by wickConfig.cmake. Sets
#   wick_missing            what was not found
#   wick_blas_pc, wick_tcc_pc    the linker's flags for those two, for wick.pc
find_package(PkgConfig QUIET)
find_package(Threads QUIET)
find_package(OpenMP QUIET COMPONENTS C)
set(wick_missing "")
if(NOT PKG_CONFIG_FOUND)
  list(APPEND wick_missing pkg-config)
else()
  pkg_check_modules(WICK_GSL QUIET gsl)
  pkg_check_modules(WICK_JANSSON QUIET jansson)
  pkg_check_modules(WICK_GMP QUIET gmp)
  pkg_check_modules(WICK_OPENBLAS QUIET openblas)
endif()
foreach(library IN ITEMS GSL JANSSON GMP)
  if(NOT WICK_${library}_FOUND)
    string(TOLOWER ${library} name)
    list(APPEND wick_missing ${name})
  endif()
endforeach()

if(NOT OpenMP_C_FOUND)
  list(APPEND wick_missing "a C compiler with OpenMP")
endif()

# libtcc comes without a .pc file.
find_library(WICK_TCC_LIBRARY tcc)
find_path(WICK_TCC_INCLUDE_DIR libtcc.h)
mark_as_advanced(WICK_TCC_LIBRARY WICK_TCC_INCLUDE_DIR)
if(NOT WICK_TCC_LIBRARY OR NOT WICK_TCC_INCLUDE_DIR)
  list(APPEND wick_missing libtcc)
endif()
set(wick_tcc_pc "-ltcc")

# OpenBLAS takes the place of GSL's own, slow CBLAS. libgsl.so itself asks for libgslcblas.so, so OpenBLAS must come
# before GSL on the linker's line: the first library that has a symbol provides it to all.
if(WICK_OPENBLAS_FOUND)
  set(wick_blas ${WICK_OPENBLAS_LINK_LIBRARIES})
  list(JOIN WICK_OPENBLAS_LDFLAGS " " wick_blas_pc)
  list(FILTER WICK_GSL_LINK_LIBRARIES EXCLUDE REGEX "gslcblas")
else()
  message(STATUS "wick: OpenBLAS not found, large problems run on GSL's own slower CBLAS")
  set(wick_blas "")
  set(wick_blas_pc "")
endif()

if(NOT wick_missing AND NOT TARGET wick::dependencies)
  add_library(wick::dependencies INTERFACE IMPORTED GLOBAL)
  target_include_directories(wick::dependencies INTERFACE
    ${WICK_GSL_INCLUDE_DIRS} ${WICK_JANSSON_INCLUDE_DIRS} ${WICK_GMP_INCLUDE_DIRS} ${WICK_TCC_INCLUDE_DIR})
  target_link_libraries(wick::dependencies INTERFACE
    ${wick_blas} ${WICK_GSL_LINK_LIBRARIES} ${WICK_JANSSON_LINK_LIBRARIES} ${WICK_GMP_LINK_LIBRARIES}
    ${WICK_TCC_LIBRARY} OpenMP::OpenMP_C ${CMAKE_THREAD_LIBS_INIT} ${CMAKE_DL_LIBS} m)
endif()
