#!/usr/bin/env python3
"""A daemon that has nothing to do: its memory and CPU; and what a thousand reloads leave behind.

  cargo build --release && benches/idle.py [PEOPLE] [SECONDS] [RELOADS]

Needs slapd and ldap-utils. The daemon has the environment that its unit gives it; it first delivers everybody, then idles.
Every reload loads another config. ROSTERD_DAEMON names another binary for it, such as that of the packages.
"""
import os, signal, socket, statistics, subprocess, sys, time

from lab import ROSTERD, lab

TICKS = os.sysconf("SC_CLK_TCK")


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


def ask(config, command):
    return subprocess.run([ROSTERD, "--config", config, command, "--json"], capture_output=True, text=True, check=True).stdout


def hear(notices, word):
    """Waits until the daemon has told systemd this."""
    while word not in notices.recv(4096).decode():
        pass


def reload(daemon, notices, path, text):
    with open(path, "w") as f:
        f.write(text)
    daemon.send_signal(signal.SIGHUP)
    hear(notices, "READY=1")


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    reloads = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000
    with lab(people, more="schedule: 24h") as (folder, _):
        config = f"{folder}/rosterd.yaml"
        notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notices.bind(f"{folder}/notify.sock")
        notices.settimeout(120)
        env = dict(os.environ, NOTIFY_SOCKET=f"{folder}/notify.sock", MIMALLOC_PURGE_DELAY="0")
        daemon = subprocess.Popen([os.environ.get("ROSTERD_DAEMON", ROSTERD), "--config", config, "run"], env=env, stderr=subprocess.DEVNULL)
        try:
            hear(notices, "READY=1")
            deadline = time.monotonic() + 300
            while f'"confirmed":{people},' not in ask(config, "runs"):
                assert time.monotonic() < deadline, ask(config, "status")
                time.sleep(0.1)
            before = cpu(daemon.pid)
            time.sleep(seconds)
            print(f"idle with {people} known: {cpu(daemon.pid) - before:.2f} s of CPU in {seconds} s, "
                  "{:.1f} MB resident, {:.1f} MB at most".format(*memory(daemon.pid)))
            text = open(config).read()
            resident = []
            for at in range(reloads):
                reload(daemon, notices, config, text.replace("schedule: 24h", f"schedule: {24 + at % 2}h"))
                resident.append(memory(daemon.pid)[0])
            tenth = max(1, reloads // 10)
            first, last = statistics.median(resident[:tenth]), statistics.median(resident[-tenth:])
            print(f"{reloads} reloads: {first:.1f} MB in the first tenth, {last:.1f} MB in the last")
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()


main()
