# libwick as a shared library, with libtcc inside it.
#
# Debian's libtcc.a is compiled for executables: it reaches the variables stdout, stderr and environ of the C library
# directly, which the linker refuses in a shared library. A copy of the archive that asks for variables of our own
# instead (shared_tcc.c sets them when the library is loaded) is accepted. A libtcc.so is linked as it is.
if(WICK_TCC_LIBRARY MATCHES "\\.a$")
  set(shared_tcc ${CMAKE_CURRENT_BINARY_DIR}/libtcc_shared.a)
  add_custom_command(OUTPUT ${shared_tcc}
    COMMAND ${CMAKE_OBJCOPY} --redefine-sym stdout=wick_tcc_stdout --redefine-sym stderr=wick_tcc_stderr
            --redefine-sym environ=wick_tcc_environ ${WICK_TCC_LIBRARY} ${shared_tcc}
    DEPENDS ${WICK_TCC_LIBRARY} VERBATIM)
  add_custom_target(wick_shared_tcc DEPENDS ${shared_tcc})
  add_dependencies(wick wick_shared_tcc)
  target_sources(wick PRIVATE package/shared_tcc.c)
  target_link_libraries(wick PRIVATE ${shared_tcc})
endif()
target_link_libraries(wick PRIVATE wick::dependencies)

# Visible is what wick.h declares, by name: hidden visibility alone does not reach libtcc's functions and, in gcc 12, the
# dispatchers of target_clones.
set(header ${PROJECT_SOURCE_DIR}/include/wick/wick.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
file(STRINGS ${header} declarations REGEX "^WICK_API ")
set(visible "")
foreach(declaration IN LISTS declarations)
  string(REGEX MATCH "wick_[a-z0-9_]+\\(" name "${declaration}")
  string(REPLACE "(" "; " name "${name}")
  string(APPEND visible "${name}")
endforeach()
set(visible_symbols ${CMAKE_CURRENT_BINARY_DIR}/visible_symbols.map)
file(WRITE ${visible_symbols} "{ global: ${visible}local: *; };\n")
target_link_options(wick PRIVATE LINKER:--version-script=${visible_symbols} LINKER:-z,text)
set_property(TARGET wick APPEND PROPERTY LINK_DEPENDS ${visible_symbols})
