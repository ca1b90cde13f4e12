/* See hdf5_driver.h. */
#include "output/hdf5_driver.h"

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST_ADDRESS ((((haddr_t)1) << (8 * sizeof(off_t) - 1)) - 1)

/* HDF5's own part comes first, as it asks. */
typedef struct {
    H5FD_t common;
    wick_hdf5_medium *medium;
    haddr_t allocated, written; /* how far HDF5 has given out space, and how far the file goes */
} opened;

/* What travels in an access property list, which copies it byte by byte. */
typedef struct {
    wick_hdf5_medium *medium;
} access_properties;

static H5FD_t *open_medium(const char *name, unsigned flags, hid_t properties, haddr_t largest)
{
    (void)name, (void)flags, (void)largest;
    const access_properties *access = H5Pget_driver_info(properties);
    opened *file = access ? calloc(1, sizeof *file) : NULL;
    if (!file) return NULL;
    file->medium = access->medium;
    return &file->common;
}

static herr_t close_medium(H5FD_t *file)
{
    free(file);
    return 0;
}

static int compare(const H5FD_t *one, const H5FD_t *other)
{
    const int a = ((const opened *)one)->medium->descriptor, b = ((const opened *)other)->medium->descriptor;
    return (a > b) - (a < b);
}

static herr_t query(const H5FD_t *file, unsigned long *features)
{
    (void)file;
    *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
                H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t get_allocated(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const opened *)file)->allocated;
}

static herr_t set_allocated(H5FD_t *file, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((opened *)file)->allocated = address;
    return 0;
}

static haddr_t get_written(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const opened *)file)->written;
}

/* What was never written reads as zeros. */
static herr_t read_medium(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *to)
{
    (void)type, (void)transfer;
    const wick_hdf5_medium *medium = ((opened *)file)->medium;
    char *bytes = to;
    while (size > 0) {
        const ssize_t count = pread(medium->descriptor, bytes, size, (off_t)address);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) break;
        bytes += count;
        address += (haddr_t)count;
        size -= (size_t)count;
    }
    memset(bytes, 0, size);
    return 0;
}

static herr_t write_medium(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void *from)
{
    (void)type, (void)transfer;
    opened *to = (opened *)file;
    wick_hdf5_medium *medium = to->medium;
    const char *bytes = from;
    if (address + size > to->written) to->written = address + size;
    while (size > 0 && medium->error == 0) {
        const ssize_t count = pwrite(medium->descriptor, bytes, size, (off_t)address);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            medium->error = count < 0 ? errno : ENOSPC;
            break;
        }
        bytes += count;
        address += (haddr_t)count;
        size -= (size_t)count;
    }
    return 0;
}

static herr_t truncate_medium(H5FD_t *file, hid_t transfer, hbool_t closing)
{
    (void)transfer, (void)closing;
    opened *of = (opened *)file;
    if (of->allocated == of->written) return 0;
    if (of->medium->error == 0 && ftruncate(of->medium->descriptor, (off_t)of->allocated) != 0) of->medium->error = errno;
    of->written = of->allocated;
    return 0;
}

static const H5FD_class_t driver = {
#ifdef H5FD_CLASS_VERSION
    .version = H5FD_CLASS_VERSION,
    .value = H5_VFD_RESERVED + 0x77, /* HDF5 asks for a number; from 256 on for private use */
#endif
    .name = "wick",
    .maxaddr = LARGEST_ADDRESS,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(access_properties),
    .open = open_medium,
    .close = close_medium,
    .cmp = compare,
    .query = query,
    .get_eoa = get_allocated,
    .set_eoa = set_allocated,
    .get_eof = get_written,
    .read = read_medium,
    .write = write_medium,
    .truncate = truncate_medium,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

static void let_driver_go(wick_hdf5_medium *medium)
{
    if (medium->driver > 0) H5FDunregister(medium->driver);
    medium->driver = 0;
}

hid_t wick_hdf5_create_on(wick_hdf5_medium *medium, const char *name, hid_t creation)
{
    const access_properties properties = {medium};
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;
    medium->driver = access < 0 ? -1 : H5FDregister(&driver);
    if (medium->driver >= 0 && H5Pset_driver(access, medium->driver, &properties) >= 0)
        file = H5Fcreate(name, H5F_ACC_TRUNC, creation, access);
    if (access >= 0) H5Pclose(access);
    if (file < 0) let_driver_go(medium);
    return file;
}

herr_t wick_hdf5_close_on(wick_hdf5_medium *medium, hid_t file)
{
    const herr_t result = H5Fclose(file);
    let_driver_go(medium);
    return result;
}
