"""How the benches measure: a whole process, and a running daemon by what it tells."""
import contextlib, json, os, queue, signal, socket, statistics, subprocess, sys, tempfile, threading, time

TICKS = os.sysconf("SC_CLK_TCK")


def timed(command):
    """Runs a command as a whole process: wall seconds, CPU seconds, peak MB, the end of its standard output."""
    # Only the end is read: a child's peak counts from its parent's at the fork.
    out = tempfile.TemporaryFile()
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    out.seek(max(0, out.seek(0, os.SEEK_END) - 4096))
    text = out.read()
    if child.returncode != 0:
        sys.exit(f"{command[0]} ended with {child.returncode}: {text[-400:]!r}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def beside(reference, ours, rounds):
    """Two functions that measure, alternately; what they gave in the same round stands side by side."""
    return [(reference(), ours()) for _ in range(rounds)]


def ratios(pairs, what):
    """How often ours is the reference, in wall seconds (0) or CPU seconds (1): by round, for these hold on a busy machine."""
    return [ours[what] / reference[what] for reference, ours in pairs]


def row(name, runs):
    wall, cpu, peak = (statistics.median(r[i] for r in runs) for i in range(3))
    print(f"{name:<34} wall {wall:7.2f} s   CPU {cpu:7.2f} s   peak {peak:6.1f} MB", flush=True)


def spread(name, values, unit="s", digits=3):
    """Median and extremes of measurements."""
    values = sorted(values)
    low, middle, high = (f"{v:.{digits}f}" for v in (values[0], statistics.median(values), values[-1]))
    print(f"{name:<34} median {middle} {unit}, {low} to {high}, {len(values)} times", flush=True)


def memory(pid):
    """Resident and peak memory in MB."""
    with open(f"/proc/{pid}/status") as f:
        lines = dict(line.split(":", 1) for line in f)
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def cpu(pid):
    """CPU seconds so far."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Daemon:
    """A running daemon, by what it tells systemd and its log; it is ready, and `start` seconds is what that took."""

    def __init__(self, child, notices):
        self.child, self.pid, self.notices, self.runs, self.start = child, child.pid, notices, queue.Queue(), None
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.child.stderr:
            event = json.loads(line)
            if "run" in event and "result" in event:
                self.runs.put(event)

    def hear(self, word):
        """Waits until the daemon has told systemd this."""
        while word not in self.notices.recv(4096).decode():
            pass

    def next_run(self, within=3600):
        """Waits for the next run to end; what was logged of it."""
        return self.runs.get(timeout=within)


@contextlib.contextmanager
def daemon(lab, binary=None):
    """A daemon for as long as it lasts, with the environment that its unit gives it; it is ready."""
    path = f"{lab.folder}/notify.sock"
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.bind(path)
    notices.settimeout(120)
    env = dict(os.environ, NOTIFY_SOCKET=path, MIMALLOC_PURGE_DELAY="0")
    program, *arguments = lab.rosterd("run")
    began = time.monotonic()
    child = subprocess.Popen([binary or program, *arguments], env=env, stderr=subprocess.PIPE, text=True)
    try:
        running = Daemon(child, notices)
        running.hear("READY=1")
        running.start = time.monotonic() - began
        yield running
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait()
        notices.close()
        os.remove(path)
