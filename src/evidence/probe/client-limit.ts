/** Codes by which a system says that the client, not the gateway, is at its limit. */
const CLIENT_LIMITS = new Set([
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'EADDRINUSE',
  'EAGAIN',
  'ENOBUFS',
  'ENOMEM',
])

/** Whether an error's code says that this machine is out of files, ports, processes or memory. */
export function isClientLimit(code: string): boolean {
  return CLIENT_LIMITS.has(code)
}
