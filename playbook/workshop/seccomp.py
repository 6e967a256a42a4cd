"""Forbids this process, for good, to start another: threads go on, `fork` and its kin fail (seccomp-bpf)."""

import ctypes
import errno
import platform
import struct

SET_SECCOMP, FILTER = 22, 2  # prctl's option and mode, <linux/prctl.h> and <linux/seccomp.h>
THREAD = 0x00010000  # CLONE_THREAD: the new task is a thread of this process
ALLOW, FAIL, KILL = 0x7FFF0000, 0x00050000, 0x80000000  # what a filter answers; FAIL carries an error number
LOAD, EQUAL, AT_LEAST, BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # classic BPF, words of 32 bits
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
CLONE3 = 435
# of each machine: its audit number, the system call clone, and the older calls that start a process
MACHINES = {"x86_64": (0xC000003E, 56, (57, 58)), "aarch64": (0xC00000B7, 220, ())}


def forbid_processes() -> None:
    """Make every further `fork`, `vfork` and `clone` of a process fail with EPERM, here and in all children.

    `clone3` hides its flags from a filter, so it fails with ENOSYS, and the C library falls back to `clone`.
    Raises OSError where the kernel refuses; "no new privileges" has to be set before.
    """
    architecture, clone, older = MACHINES[platform.machine()]
    forbid, absent = FAIL | errno.EPERM, FAIL | errno.ENOSYS
    program = [
        (LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER),
        (EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, absent),
        *(step for call in older for step in ((EQUAL, 0, 1, call), (RETURN, 0, 0, forbid))),
        (AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, forbid),  # x32 numbers the same calls anew
        (EQUAL, 1, 0, clone), (RETURN, 0, 0, ALLOW), (LOAD, 0, 0, FIRST_ARGUMENT),
        (BIT, 0, 1, THREAD), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, forbid),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    pointer = struct.pack("HP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, FILTER, ctypes.create_string_buffer(pointer), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp was refused")
