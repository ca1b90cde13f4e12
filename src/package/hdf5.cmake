# HDF5, which the command alone needs, as the target `wick::hdf5`; adds to wick_missing if it is not there.
#
# Its archive where there is one: libhdf5.so loads what reads files over the net, curl, OpenSSL and Kerberos, and that takes
# 8 ms, most of the start of every command, also of those that write no HDF5. The archive brings only what is called.

# For one process: Debian has it under a name of its own, beside those for MPI.
if(PKG_CONFIG_FOUND)
  pkg_search_module(WICK_HDF5 QUIET hdf5-serial hdf5)
endif()
if(NOT WICK_HDF5_FOUND)
  find_package(HDF5 QUIET COMPONENTS C)
  set(WICK_HDF5_INCLUDE_DIRS ${HDF5_C_INCLUDE_DIRS})
  set(WICK_HDF5_LINK_LIBRARIES ${HDF5_C_LIBRARIES})
endif()
if(NOT WICK_HDF5_LINK_LIBRARIES)
  list(APPEND wick_missing hdf5)
  return()
endif()

list(GET WICK_HDF5_LINK_LIBRARIES 0 shared)
get_filename_component(folder ${shared} DIRECTORY)
find_library(WICK_HDF5_ARCHIVE libhdf5.a HINTS ${folder} NO_DEFAULT_PATH)
mark_as_advanced(WICK_HDF5_ARCHIVE)
if(WICK_HDF5_ARCHIVE)
  include(CheckCSourceCompiles)
  include(CMakePushCheckState)
  set(archive ${WICK_HDF5_ARCHIVE} sz z ${CMAKE_DL_LIBS} ${CMAKE_THREAD_LIBS_INIT} m)
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_INCLUDES ${WICK_HDF5_INCLUDE_DIRS})
  set(CMAKE_REQUIRED_LIBRARIES ${archive})
  set(CMAKE_REQUIRED_QUIET ON)
  check_c_source_compiles("#include <hdf5.h>
    int main(void) { return H5Fcreate(\"x\", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT) < 0 || H5FDregister(0) < 0; }"
    WICK_HDF5_ARCHIVE_LINKS)
  cmake_pop_check_state()
  if(WICK_HDF5_ARCHIVE_LINKS)
    set(WICK_HDF5_LINK_LIBRARIES ${archive})
  endif()
endif()

add_library(wick::hdf5 INTERFACE IMPORTED GLOBAL)
target_include_directories(wick::hdf5 INTERFACE ${WICK_HDF5_INCLUDE_DIRS})
target_link_libraries(wick::hdf5 INTERFACE ${WICK_HDF5_LINK_LIBRARIES})
