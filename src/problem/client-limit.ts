import { isIPv6 } from 'node:net'

const FILES =
  'Raise the limit on open files before the run (ulimit -n), or lower concurrency. The limit of this shell:\n  ulimit -n'
const PORTS =
  'Each closed connection keeps its local port for a minute. Wait for them, lower rate, or widen the range. To see the range, and how many connections wait (TIME-WAIT):\n  sysctl net.ipv4.ip_local_port_range; ss --summary'
const MEMORY = 'Lower concurrency, or free memory. To see how much is free:\n  free --mebi'

/** What each code means, and what to do about it on this machine. */
const LIMITS: Readonly<Record<string, { means: string; remedy: string }>> = {
  EMFILE: { means: 'this process has too many open files', remedy: FILES },
  ENFILE: {
    means: 'the whole machine has too many open files',
    remedy:
      'Raise the limit of the machine, or lower concurrency. Open files, and their limit:\n  sysctl fs.file-nr fs.file-max',
  },
  EADDRNOTAVAIL: { means: 'no local port is free', remedy: PORTS },
  EADDRINUSE: { means: 'no local port is free', remedy: PORTS },
  EAGAIN: {
    means: 'no more processes or sockets can be created',
    remedy:
      'Raise the limit on processes before the run (ulimit -u), or lower concurrency. The limit of this shell:\n  ulimit -u',
  },
  ENOBUFS: { means: 'the system has no buffers left', remedy: MEMORY },
  ENOMEM: { means: 'the system has no memory left', remedy: MEMORY },
}

/** What a code means, and what to do, where it says that this machine is at its limit; else undefined. */
export function clientLimit(
  code: string,
  host: string,
): { means: string; remedy: string } | undefined {
  // The same code as without a free port: an address that this machine has no route from.
  if (code === 'EADDRNOTAVAIL' && isIPv6(host))
    return {
      means: 'no local address or port is free for it',
      remedy: `This machine may have no IPv6. If so, set endpoint to an IPv4 address. ${PORTS}`,
    }
  return LIMITS[code]
}

/** Whether an error's code says that this machine is out of files, ports, processes or memory. */
export function isClientLimit(code: string): boolean {
  return Object.hasOwn(LIMITS, code)
}
