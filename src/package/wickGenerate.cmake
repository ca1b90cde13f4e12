# wick_generate(NAME [PROBLEM FILE.json] [FLAGS --key value ...])
#
# Adds the library target NAME, generated at build time by `wick emit --target library` from a problem file, from flags as
# the command takes them, or from both; again when the file changes. Programs that link it include NAME.h.
#
#     wick_generate(square PROBLEM square.json FLAGS --noise 0.01)
#     target_link_libraries(program PRIVATE square)
function(wick_generate name)
  cmake_parse_arguments(PARSE_ARGV 1 wick "" "PROBLEM" "FLAGS")
  if(wick_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "wick_generate(${name}): found ${wick_UNPARSED_ARGUMENTS}; it takes PROBLEM and FLAGS")
  endif()
  if(NOT wick_PROBLEM AND NOT wick_FLAGS)
    message(FATAL_ERROR "wick_generate(${name}): give PROBLEM, FLAGS or both")
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
  set(files ${folder}/${name}.h ${folder}/${name}.c)
  set(problem "")
  if(wick_PROBLEM)
    get_filename_component(wick_PROBLEM ${wick_PROBLEM} ABSOLUTE)
    set(problem --problem ${wick_PROBLEM})
  endif()
  add_custom_command(OUTPUT ${files}
    COMMAND wick::command emit ${problem} ${wick_FLAGS} --target library --name ${name} -o ${folder}
    DEPENDS wick::command ${wick_PROBLEM}
    COMMENT "Generating ${name}.h and ${name}.c" VERBATIM)
  add_library(${name} STATIC ${files})
  set_target_properties(${name} PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${name} PUBLIC ${folder})
  if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${name} PRIVATE -O3) # a drift is a few dense loops: they gain from it in every build type
  endif()
  if(UNIX)
    target_link_libraries(${name} PUBLIC m)
  endif()
endfunction()
