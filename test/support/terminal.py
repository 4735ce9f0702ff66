"""Runs a program in a pseudo-terminal with a number of columns, and copies its output.

    python3 terminal.py COLUMNS LATER WORD ACTION PROGRAM ARGUMENT…

When the program has printed WORD, the terminal gets LATER columns. A second later ACTION is done: "interrupt" presses
Ctrl-C, "hang-up" closes the terminal, "none" waits for the end. The last line of the output is the exit code.
"""
import fcntl
import os
import pty
import struct
import sys
import termios
import time

columns, later, word, action, *program = sys.argv[1:]


def resize(descriptor, width):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(width), 0, 0))


child, terminal = pty.fork()
if child == 0:
    # Wait until the terminal has its size.
    os.read(0, 1)
    os.execvp(program[0], program)
resize(terminal, columns)
os.write(terminal, b"\n")

output, met, acted = b"", None, False
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:  # On Linux this means that the program has ended.
        break
    if not chunk:
        break
    output += chunk
    if met is None and word.encode() in output:
        met = time.monotonic()
        output += b"<resized>"
        resize(terminal, later)
    if met is not None and not acted and time.monotonic() - met > 1:
        acted = True
        if action == "interrupt":
            os.write(terminal, b"\x03")
        if action == "hang-up":
            os.close(terminal)
            break
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(output + f"\n{os.waitstatus_to_exitcode(status)}\n".encode())
