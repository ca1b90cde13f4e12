/* Folders of output files: made with their parents, and written to the disk. Every int is an errno value, or 0. */
#ifndef WICK_OUTPUT_FOLDER_H
#define WICK_OUTPUT_FOLDER_H

/* Makes a folder and those above it that are not there. */
int wick_folder_make(const char *path);

/* The same for the folder that the file `path` lies in. */
int wick_folder_make_for(const char *path);

/* Whether wick_folder_make_for() would succeed, or the folder is there. Makes nothing. */
int wick_folder_check_for(const char *path);

/* Writes the folder that the file `path` lies in, a name that was changed in it, to the disk, where the system can. */
void wick_folder_sync_for(const char *path);

/* The folder that the file `path` lies in: "." if the path names none. Release it with free(); NULL without memory. */
char *wick_folder_of(const char *path);

#endif
